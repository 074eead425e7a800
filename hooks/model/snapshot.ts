import type { Engine, NodeName } from "./topology.ts";
import type { SettingType } from "../kit/setting-value.ts";
import type { NodeSetting, ParameterNote } from "./parameter.ts";
import type { NodeKind } from "./role.ts";
import type { Failure } from "./failure.ts";
import type { Keeping } from "./kept-catalog.ts";
import type { PlacedTable } from "./placed-table.ts";

/** A pod of the release, as Kubernetes tells it. */
export interface PodFact {
  readonly name: string;
  readonly role: string;
  readonly uid: string;
  readonly ip?: string;
  readonly hostName?: string;
  /** Its readiness: for a node's pod that its agent answers, for mgr's that the manager does. */
  readonly ready: boolean;
  readonly terminating: boolean;
  /** Since Kubernetes made it, in milliseconds by the clocks of two machines; absent where it is not known. */
  readonly ageMs?: number;
  /** Its label antdb.io/state, which only this program writes; absent on a pod that came up since. */
  readonly state?: string;
  /** Why it is not placed or not started; absent when it runs. */
  readonly trouble?: PodTrouble;
  /** The same of a container beside the engine's: an exporter, or one of the user's own. */
  readonly beside?: PodTrouble;
}

/** What keeps a pod from running: in Kubernetes' words, and of what kind, since what can be done about it depends on that. */
export interface PodTrouble {
  readonly kind: "unplaced" | "image" | "setup" | "crash" | "failed" | "other";
  readonly words: string;
  /** The container it is about, if it is about one. */
  readonly container?: string;
}

export interface ManagerHost {
  readonly name: string;
  readonly address: string;
  readonly agentPort: number;
}

/** A row of mgr_node. (initialised, inCluster): (t,t) member, (f,f) only defined or kicked out, (t,f) half done (manager reference §3). */
export interface ManagerNode {
  readonly name: NodeName;
  readonly kind: NodeKind;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly master?: NodeName;
  readonly initialised: boolean;
  readonly inCluster: boolean;
  /**
   * `sync`, `potential` or `async`, and empty for a master. REMOVE makes it async and APPEND keeps it, REWIND makes it sync where its master has no other; commits wait for a member with
   * one of the first two (src/adbmgrd/manager/cmd_node.c, mgr_get_master_sync_string).
   */
  readonly sync: string;
}

/** A row of mgr_updateparm: name `*` stands for every node of the kind. */
export interface ManagerParameter {
  readonly node: string;
  readonly kind: string;
  readonly key: string;
  readonly value: string;
}

/**
 * The program's own note in the manager's database: INIT ALL was begun, and whether it was ever verified. It lives and dies with the manager's volume,
 * as the manager's catalog does: where it is missing, nothing may be cleaned.
 */
export type InitJournal = "none" | "begun" | "finished";

/**
 * The program's own note of a coordinator or standby that it took out of the cluster, made just before REMOVE: what its directory held when its postgres had
 * stopped. A directory of exactly that many bytes is that node's and nobody's else, and holds nothing that others do not have.
 */
export interface Departure {
  readonly node: NodeName;
  readonly kind: NodeKind;
  /** Absent when its agent was away: then nothing proves whose directory it is that comes back. */
  readonly bytes?: number;
}

/**
 * The program's own note that it was about to APPEND this node, made when its agent had just said that its directory is empty, or when a departure had just proved it to be
 * one that was left behind: whatever is in there since then is that APPEND's doing, until the node was seen to be a whole member and the note was taken away.
 */
export interface AppendNote {
  readonly node: NodeName;
  readonly kind: NodeKind;
}

/** A role of the program's own making beside what it should be. */
export type RoleState = "absent" | "other-password" | "other-rights" | "right";

export interface ManagerFacts {
  readonly address: string;
  readonly hosts: readonly ManagerHost[];
  readonly nodes: readonly ManagerNode[];
  readonly parameters: readonly ManagerParameter[];
  readonly parameterNotes: readonly ParameterNote[];
  /** What the manager's own server knows of parameters: it is of one build with the nodes, but knows none of the cluster's. For before there is a node to ask. */
  readonly knownSettings: ReadonlyMap<string, SettingType>;
  readonly journal: InitJournal;
  readonly departures: readonly Departure[];
  readonly appends: readonly AppendNote[];
  /** A long command of a former run is still being carried out (its session holds the program's advisory lock): nothing may be begun beside it. */
  readonly busy: boolean;
  /** Bytes in each defined node's directory as its agent reports them; only asked for where it decides: a node that is no member, or a member that does not run. */
  readonly directoryBytes: ReadonlyMap<NodeName, number>;
  /** The exporters' role on the manager itself; absent when there are no exporters. */
  readonly monitor?: RoleState;
}

/**
 * Who keeps a coordinator or a datanode master from being appended: APPEND takes pgxc_lock_for_backup() on the gtm, which is refused beside an open transaction that has done DDL, beside the
 * same lock in another hand, and beside a prepared transaction (src/backend/utils/adt/lockfuncs.c).
 */
export type DdlHolder =
  | {
      readonly kind: "session";
      readonly pid: number;
      readonly user: string;
      readonly application: string;
      /** Where its client is; absent for one inside the pod. */
      readonly address?: string;
      /** The engine's words for what it is at, and the command without what it was given: `idle in transaction`, `CREATE TABLE`. */
      readonly state: string;
      readonly command: string;
      readonly since: string;
    }
  | {
      readonly kind: "prepared";
      readonly gid: string;
      readonly user: string;
      readonly database: string;
      readonly since: string;
    };

/** A row of pgxc_node as one node holds it. */
export interface CatalogRow {
  readonly name: NodeName;
  readonly host: string;
  readonly port: number;
  /** Type E: a datanode's standby, which this coordinator may lead read-only statements to (src/include/catalog/pgxc_node.h). */
  readonly standby?: boolean;
}

/** A standby as its master sees it in pg_stat_replication. */
export interface StreamingStandby {
  readonly name: string;
  readonly address: string;
  readonly state: string;
  /**
   * Whether commits wait for it: `sync` or `quorum`, `potential`, `async`. Empty for one that has not told yet how far it has flushed, which pg_stat_replication calls
   * async, whatever synchronous_standby_names says (src/backend/replication/walsender.c, pg_stat_get_wal_senders).
   */
  readonly sync: string;
}

/** What one look at a node's port found. */
export type NodeFact =
  | { readonly state: "not-looked-at"; readonly reason: string }
  /** Nothing listens: the host is there, postgres is not. */
  | { readonly state: "down"; readonly detail: string }
  /** No answer at all within the time allowed. */
  | { readonly state: "unreachable"; readonly detail: string }
  /** postgres answers, but does not let the program in or is still starting. */
  | { readonly state: "refused"; readonly code: string; readonly detail: string }
  | ({ readonly state: "up" } & RunningNode);

export interface RunningNode {
  readonly inRecovery: boolean;
  /** From pg_control: a standby has its master's. */
  readonly systemId?: string;
  /** Lines of pg_hba.conf as the file has them now, comments and blank lines left out, one space between fields. */
  readonly hba: readonly string[];
  readonly catalog: readonly CatalogRow[];
  /** The gtm it has been told; absent on gtm nodes that need none. */
  readonly gtm?: { readonly host: string; readonly port: number };
  /** It lets the program in, but answers only where no gtm is asked (template1): it cannot reach the gtm it was told. */
  readonly waitsForGtm?: boolean;
  /** From recovery.conf (or its successor); absent on masters. */
  readonly primary?: { readonly host: string; readonly port: number };
  /** `primary` was written after this postgres started, which reads it at its start only: it still follows the address before. */
  readonly primaryPending?: boolean;
  readonly standbys: readonly StreamingStandby[];
  /** Replication slots nobody streams from at the moment. */
  readonly idleSlots?: readonly string[];
  /** Parameters that the values, the manager or a pending restart speak of, by name; absent where they could not be read. */
  readonly settings?: ReadonlyMap<string, NodeSetting>;
  /** postgresql.conf was written after this postgres read it. */
  readonly settingsStale?: boolean;
  /** This postgres started after postgresql.conf was written: what still waits for a restart will not come of another. */
  readonly startedSinceWritten?: boolean;
  /** Who has kept DDL, or the lock against it, for longer than a moment; asked of gc and coordinators, and only while there is something to append. */
  readonly ddlHolders?: readonly DdlHolder[];
  /** Sessions of others than the program and the exporters; asked only for a plan that people read. On a datanode they are those of coordinators. */
  readonly sessions?: number;
  /** Application role and database, asked on coordinators only. */
  readonly client?: { readonly role: boolean; readonly passwordMatches: boolean; readonly database: boolean };
  /** The exporters' role, asked on coordinators only, and where there are exporters. */
  readonly monitor?: RoleState;
}

/** The world at one moment: everything the plan may look at. */
export interface Snapshot {
  readonly engine: Engine;
  readonly pods: ReadonlyMap<string, PodFact>;
  /** Absent when mgr's pod is away or does not answer; `managerTrouble` then says why. */
  readonly manager?: ManagerFacts;
  readonly managerTrouble?: Failure;
  readonly nodes: ReadonlyMap<NodeName, NodeFact>;
  /** What datanode masters hold that the values no longer ask for; one that could not be asked is not among them. */
  readonly placed: ReadonlyMap<NodeName, readonly PlacedTable[]>;
  /** Nodes that a guard took out a moment ago for an upgrade that is still on its way: until that has come, or too much time has gone by, they stay out. */
  readonly held: readonly string[];
  /** The manager's catalog as it was kept outside of its volume. */
  readonly kept: Keeping;
}
