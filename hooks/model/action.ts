import type { ParameterNote, ParameterScope, Settings } from "./parameter.ts";
import type { RebuiltCatalog } from "./kept-catalog.ts";
import type { NodeKind } from "./role.ts";
import type { NodeName } from "./topology.ts";

/** One row of a pg_hba.conf-to-be, a whole line. */
export type HbaLine = string;

/**
 * Everything the program can do to the world, as data. Each kind has one stage (see plan/stages.ts); actions of one stage are independent of
 * each other and run side by side unless the stage says otherwise.
 */
export type Action =
  /** Takes the state label off a pod: no client is led to it any more. Touches no node. */
  | { readonly kind: "withdraw-pod"; readonly target: NodeName; readonly pod: string; readonly uid: string }
  | {
      readonly kind: "label-pod";
      readonly target: NodeName;
      readonly pod: string;
      readonly uid: string;
      readonly state: PodState;
    }
  | { readonly kind: "wait"; readonly target: string; readonly for: string }
  | { readonly kind: "add-host"; readonly target: NodeName; readonly address: string }
  | {
      readonly kind: "alter-host";
      readonly target: NodeName;
      readonly from: string;
      readonly address: string;
    }
  | {
      readonly kind: "add-node";
      readonly target: NodeName;
      readonly as: NodeKind;
      readonly follows?: NodeName;
      readonly port: number;
      readonly path: string;
    }
  /** In the manager's catalog and in postgresql.conf of every node of the scope, or of one node where `as` says what it is. Nothing is reloaded. */
  | {
      readonly kind: "set-parameters";
      readonly target: ParameterScope | NodeName;
      readonly as?: NodeKind;
      readonly settings: Settings;
      /** Not the values' own: what a parameter goes back to. No note is made of it. */
      readonly passing?: boolean;
    }
  /** Out of the catalog and out of postgresql.conf again. Nothing is reloaded. */
  | {
      readonly kind: "reset-parameters";
      readonly target: ParameterScope | NodeName;
      readonly as?: NodeKind;
      readonly keys: readonly string[];
    }
  | { readonly kind: "reload-settings"; readonly target: NodeName }
  /** The program's note of a value that is no longer there, taken away when nothing is left to be undone. */
  | { readonly kind: "forget-parameters"; readonly target: string; readonly notes: readonly ParameterNote[] }
  | { readonly kind: "restart-node"; readonly target: NodeName; readonly as: NodeKind }
  /** INIT ALL. `recover`: a former try was cut off before any node was a member, so stop and clean first. */
  | { readonly kind: "initialise"; readonly target: "cluster"; readonly recover: boolean }
  /** The catalog of a manager that lost its volume, in one transaction; no node hears of it. */
  | { readonly kind: "rebuild-catalog"; readonly target: "manager"; readonly catalog: RebuiltCatalog }
  /** The manager's catalog into its Secret, as it was read. */
  | { readonly kind: "keep-catalog"; readonly target: "manager" }
  /** What the Secret holds is of a cluster whose volumes are gone. */
  | { readonly kind: "forget-catalog"; readonly target: "manager" }
  /** The program's note that INIT ALL's result was seen to be whole. */
  | { readonly kind: "seal-initialisation"; readonly target: "cluster" }
  /** `clean`: its directory is the one this node left behind, as the program's own note proves; it is emptied first. */
  | {
      /** Standbys of different masters are copied side by side; masters come one by one, since each takes the lock against DDL. */
      readonly kind: "append-node" | "append-standby";
      readonly target: NodeName;
      readonly as: NodeKind;
      readonly clean?: true;
    }
  /**
   * What an APPEND of the program's own that was cut off left behind: its postgres is stopped and its directory emptied. `redefine`: its row is stuck at `initialised`, which only
   * DROP takes away; the next reading defines it anew.
   */
  | {
      readonly kind: "clear-append";
      readonly target: NodeName;
      readonly as: NodeKind;
      readonly redefine: boolean;
    }
  /** Rows of coordinators that are no members, off one node's list; no table lies on a coordinator. */
  | { readonly kind: "strike-rows"; readonly target: NodeName; readonly names: readonly NodeName[] }
  /** Rows of members that the list of a coordinator lacks whose APPEND was cut off in its last steps. */
  | { readonly kind: "add-rows"; readonly target: NodeName; readonly rows: readonly CatalogEntry[] }
  /** The node is a whole member: the note that allowed its directory to be cleaned goes. */
  | { readonly kind: "forget-append"; readonly target: NodeName }
  /** A replication slot nobody will stream from any more: it would keep this master's log for ever. */
  | { readonly kind: "drop-slot"; readonly target: NodeName; readonly slot: string }
  /** Stops a coordinator or a standby (`stop`: its agent answers), notes what it leaves behind, and takes it out of the cluster. */
  | {
      readonly kind: "remove-node";
      readonly target: NodeName;
      readonly as: NodeKind;
      readonly stop: boolean;
    }
  /** Takes an emptied datanode off every list; new tables no longer lie on it. */
  | {
      readonly kind: "unlist-datanode";
      readonly target: NodeName;
      readonly holders: readonly NodeName[];
      /** Its postgres does not run and was never a member's: the lists alone tell whether anything lies on it. */
      readonly silent?: true;
    }
  /** Stops a datanode that is on no list any more, and strikes it from the manager's members, which has no command for that. */
  | { readonly kind: "expel-datanode"; readonly target: NodeName; readonly stop: boolean }
  /** FLUSH HOST: the manager's own way, when what is gentler was refused again and again. No plan has it; the loop falls back to it once a run. */
  | { readonly kind: "flush-hosts"; readonly target: "cluster" }
  /** Takes a definition away that is no member's. Its volume stays as it is. */
  | { readonly kind: "drop-node"; readonly target: NodeName; readonly as: NodeKind }
  | { readonly kind: "drop-host"; readonly target: NodeName }
  /** `gtm`: told before the start, so that the node never dials an address the gtm no longer has. */
  | {
      readonly kind: "start-node";
      readonly target: NodeName;
      readonly as: NodeKind;
      readonly gtm?: GtmAddress;
    }
  /** A node that was told right but still sits in a connect to the gtm's old address: given a moment, then restarted. */
  | { readonly kind: "reconnect-gtm"; readonly target: NodeName; readonly as: NodeKind }
  /** Make the program's own role on the cluster, through the manager, whose address the nodes trust. */
  | {
      readonly kind: "grant-access";
      readonly target: NodeName;
      readonly address: string;
      readonly port: number;
    }
  | { readonly kind: "write-hba"; readonly target: NodeName; readonly lines: readonly HbaLine[] }
  | { readonly kind: "repoint-gtm"; readonly target: NodeName; readonly host: string; readonly port: number }
  | {
      readonly kind: "repoint-standby";
      readonly target: NodeName;
      readonly as: NodeKind;
      readonly master: NodeName;
      readonly host: string;
      readonly port: number;
    }
  /** Its master waits for it from now on; a reload, no restart. Only ever for one that streams. */
  | {
      readonly kind: "make-synchronous";
      readonly target: NodeName;
      readonly as: NodeKind;
      readonly master: NodeName;
    }
  | { readonly kind: "repoint-catalog"; readonly target: NodeName; readonly rows: readonly CatalogChange[] }
  | { readonly kind: "make-client-role"; readonly target: NodeName }
  | { readonly kind: "make-client-database"; readonly target: NodeName }
  /** The exporters' role, on every node through one coordinator; on the manager by itself. */
  | { readonly kind: "make-monitor-role"; readonly target: NodeName }
  | { readonly kind: "make-manager-monitor-role"; readonly target: "manager" };

/** What a healthy member's pod is labelled as; a pod without the label is not in the cluster, or not well. */
export type PodState = "master" | "slave" | "coordinator";

export interface GtmAddress {
  readonly host: string;
  readonly port: number;
}

export interface CatalogChange {
  readonly name: NodeName;
  readonly host: string;
  readonly port: number;
}
/** A row for a list that has none. */
export interface CatalogEntry extends CatalogChange {
  readonly as: "coordinator" | "datanode";
}
export type ActionKind = Action["kind"];

/** Why an action is in the plan, and which sessions will notice it. */
export interface Step {
  readonly action: Action;
  readonly reason: string;
  readonly disturbance: string;
  /** How many sessions are where it is felt, as far as they were counted. */
  readonly sessions?: number;
  /** What a person can do about what is waited for; the program itself can't. */
  readonly remedy?: string;
}

/** Something seen and deliberately not touched. `blocks`: the cluster is not what the values ask for until somebody decides. */
export interface LeftAlone {
  readonly object: string;
  readonly reason: string;
  readonly remedy?: string;
  readonly blocks: boolean;
}

/** Sorted by stage; only the first stage is carried out before the world is read again, the rest is a forecast. */
export interface Plan {
  readonly stages: readonly { readonly name: string; readonly steps: readonly Step[] }[];
  readonly leftAlone: readonly LeftAlone[];
}
