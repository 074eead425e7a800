import type { RebuiltCatalog } from "../model/kept-catalog.ts";
import type { ParameterNote, ParameterScope, Settings } from "../model/parameter.ts";
import type { NodeKind } from "../model/role.ts";
import type { AppendNote, Departure, ManagerFacts } from "../model/snapshot.ts";
import type { NodeName } from "../model/topology.ts";

/** A node's definition for ADD. */
export interface NodeDefinition {
  readonly name: NodeName;
  readonly kind: NodeKind;
  readonly follows?: NodeName;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** `sync`, `potential` or `async`; without it the first standby of a master becomes `sync`, each other `potential`. */
  readonly sync?: string;
}

/** All nodes of a scope, or one node, which is then named with its kind. */
export type ParameterTarget =
  { readonly scope: ParameterScope } | { readonly node: NodeName; readonly kind: NodeKind };

export interface FactsWanted {
  readonly sizes: readonly NodeName[];
  /** Parameters to look up in the manager's own server. */
  readonly settings: readonly string[];
}

/** The code of runOnNode's failure when the node does not let the manager's present address in. */
export const managerNotTrusted = "manager-not-trusted";

/** Bounds of one manager command: `timeoutMs` on the server, a little more on the client, and the run's signal. */
export interface Bounds {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * The manager (adbmgrd) in our words. Every verb throws a Failure; a result row that says f is a failure too (manager reference §2).
 * Commands of different sessions are not serialised by the manager (§2.12): callers hold the writer's lease.
 */
export interface Manager {
  /**
   * Reads the catalog without touching any node. `directoryBytes` is filled by asking the agents of the nodes in `sizes`, one after the other
   * (LIST NODE SIZE a, b): name only those whose agents are there, each other costs seconds.
   */
  readFacts(options: FactsWanted, bounds: Bounds): Promise<ManagerFacts>;
  addHost(
    host: { name: string; address: string; agentPort: number; user: string; home: string },
    bounds: Bounds,
  ): Promise<void>;
  alterHostAddress(name: string, address: string, bounds: Bounds): Promise<void>;
  addNode(node: NodeDefinition, bounds: Bounds): Promise<void>;
  /**
   * SET … (…) FORCE: unchecked, into the catalog and postgresql.conf of every member it is about, through their agents; nothing is reloaded. Without FORCE the
   * manager answers a value it does not like with a WARNING and the tag of success (src/adbmgrd/manager/cmd_updateparm.c).
   */
  setParameters(holder: ParameterTarget, settings: Settings, bounds: Bounds): Promise<void>;
  /** RESET … (…) FORCE: out of the catalog and out of the files; names that are in neither are no failure. */
  resetParameters(holder: ParameterTarget, keys: readonly string[], bounds: Bounds): Promise<void>;
  /** Adds or takes away the program's own notes of which rows are the values' doing. */
  noteParameters(notes: readonly ParameterNote[], bounds: Bounds): Promise<void>;
  forgetParameters(notes: readonly ParameterNote[], bounds: Bounds): Promise<void>;
  /**
   * Writes agtm_host and agtm_port to the node's postgresql.conf through its agent, whether postgres runs or not. A running node may sit for two minutes
   * in a connect to the old address; only a restart ends that.
   */
  setNodeGtm(
    name: NodeName,
    kind: NodeKind,
    gtm: { readonly host: string; readonly port: number },
    bounds: Bounds,
  ): Promise<void>;
  /**
   * In one transaction: definitions that are there go, these come, SET CLUSTER INIT makes them members (it changes mgr_node alone: src/adbmgrd/manager/mgr_common.c,
   * mgr_set_init_cluster), then parameters and notes. No agent and no node hears of it.
   * @throws Failure when the manager has a member: then its catalog is not lost
   */
  rebuildCatalog(
    catalog: RebuiltCatalog,
    hosts: { readonly user: string; readonly home: string },
    bounds: Bounds,
  ): Promise<void>;
  initAll(bounds: Bounds): Promise<void>;
  /** STOP ALL MODE FAST. Nodes that were not running are no failure. */
  stopAll(bounds: Bounds): Promise<void>;
  /** STOP <kind> <name> MODE FAST. */
  stopNode(name: NodeName, kind: NodeKind, bounds: Bounds): Promise<void>;
  /** CLEAN ALL: removes every node's directory. Only ever called while no node was a member. */
  cleanAll(bounds: Bounds): Promise<void>;
  /** START <kind> <name>; a node that runs already is no failure. */
  startNode(name: NodeName, kind: NodeKind, bounds: Bounds): Promise<void>;
  appendNode(name: NodeName, kind: NodeKind, bounds: Bounds): Promise<void>;
  /**
   * REMOVE: takes a stopped coordinator or standby out of the cluster; its definition stays (manager reference §5.6). A standby's master stops waiting
   * for it, its slot goes; a coordinator's row goes from every other coordinator and the gtm.
   */
  removeNode(name: NodeName, kind: NodeKind, bounds: Bounds): Promise<void>;
  /**
   * ALTER <kind> <name> (sync_state='sync'): the master lists this standby in synchronous_standby_names and reloads, then the row says sync (src/adbmgrd/manager/cmd_node.c, mgr_alter_node_func).
   * Needs the master's agent and postgres. The same again does the same.
   * @throws Failure (wait) when the master lists none, or more than one, of its name in pg_stat_replication
   */
  makeSynchronous(name: NodeName, kind: NodeKind, bounds: Bounds): Promise<void>;
  /** CLEAN <kind> <name>: removes its directory. Only ever called for one that a `Departure` or an `AppendNote` proves to be the program's own doing. */
  cleanNode(name: NodeName, kind: NodeKind, bounds: Bounds): Promise<void>;
  /** DROP <kind> <name>, then, by itself, DROP HOST: definitions only. */
  dropNode(name: NodeName, kind: NodeKind, bounds: Bounds): Promise<void>;
  dropHost(name: string, bounds: Bounds): Promise<void>;
  /** An emptied datanode master is a member no more: REMOVE refuses datanode masters, so its flags are set in the catalog. It must be on no list. */
  expelDatanode(name: NodeName, bounds: Bounds): Promise<void>;
  writeDeparture(departure: Departure, bounds: Bounds): Promise<void>;
  /** It came back: what it left behind once is no more. */
  forgetDeparture(name: NodeName, bounds: Bounds): Promise<void>;
  /** Before APPEND: what is in this node's directory from now on is that APPEND's doing. */
  writeAppendNote(note: AppendNote, bounds: Bounds): Promise<void>;
  forgetAppendNote(name: NodeName, bounds: Bounds): Promise<void>;
  /**
   * FLUSH HOST: the manager has every agent let in the addresses it knows, its own too. Needs every agent and every master, restarts every standby:
   * for when nothing gentler can get in.
   */
  flushHost(bounds: Bounds): Promise<void>;
  writeJournal(state: "begun" | "finished", bounds: Bounds): Promise<void>;
  /** The exporters' role on the manager itself, which to that role speaks SQL. */
  makeMonitorRole(bounds: Bounds): Promise<void>;
  /** Runs SQL on a node from the manager's own host, whose address every node trusts (psql in mgr's pod, fed through COPY TO PROGRAM). */
  runOnNode(
    node: { address: string; port: number },
    statements: readonly string[],
    bounds: Bounds,
  ): Promise<void>;
}

export interface ManagerConnector {
  /** A session of its own; a session whose outcome is unknown is never used again. */
  connect(address: string, bounds: Bounds): Promise<Manager & AsyncDisposable>;
}
