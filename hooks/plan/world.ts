import type {
  ManagerFacts,
  ManagerNode,
  NodeFact,
  PodFact,
  RunningNode,
  Snapshot,
} from "../model/snapshot.ts";
import type { DesiredNode, NodeName, Topology } from "../model/topology.ts";
import { emptyDirectoryBytes } from "../model/directory.ts";
import { leavingNodes } from "../model/leaving.ts";
import { isStandbyKind } from "../model/role.ts";

/** A desired node beside everything known of it: what each concern of the plan looks at. */
export interface NodeView {
  readonly desired: DesiredNode;
  readonly pod?: PodFact;
  /** The address of its live pod; absent while the pod is away or leaving. */
  readonly address?: string;
  /** Its pod is ready: the agent answers. */
  readonly agentUp: boolean;
  readonly row?: ManagerNode;
  readonly hostAddress?: string;
  /** In the cluster according to the manager. */
  readonly member: boolean;
  readonly fact: NodeFact;
  readonly running?: RunningNode;
  readonly directoryBytes?: number;
}

/** The snapshot seen through the topology; made once per plan and handed to every concern. */
export interface World {
  readonly topology: Topology;
  readonly snapshot: Snapshot;
  readonly manager: ManagerFacts;
  readonly nodes: readonly NodeView[];
  /** Nodes the manager has and the values no longer ask for. */
  readonly leaving: readonly NodeView[];
  /** Both. */
  readonly byName: ReadonlyMap<NodeName, NodeView>;
  /** True once any node is a member: from then on nothing is initialised or cleaned. */
  readonly initialised: boolean;
}

export const isEmptyDirectory = (view: NodeView): boolean =>
  view.directoryBytes !== undefined && view.directoryBytes < emptyDirectoryBytes;

/** Leaves out what is undefined, so that absent stays absent. */
const given = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };

/** A pod that is ending has an address that is nobody's in a moment: it counts as away. */
function viewPod(pod: PodFact | undefined): Pick<NodeView, "pod" | "address" | "agentUp"> {
  const address = pod?.terminating === false ? pod.ip : undefined;
  return {
    ...given("pod", pod),
    ...given("address", address),
    agentUp: pod?.ready === true && address !== undefined,
  };
}

export function viewNode(desired: DesiredNode, snapshot: Snapshot, manager: ManagerFacts): NodeView {
  const row = manager.nodes.find((node) => node.name === desired.name);
  const host = manager.hosts.find((candidate) => candidate.name === desired.name);
  const fact: NodeFact = snapshot.nodes.get(desired.name) ?? {
    state: "not-looked-at",
    reason: "nothing known of it",
  };
  return {
    desired,
    ...viewPod(snapshot.pods.get(desired.pod)),
    ...given("row", row),
    ...given("hostAddress", host?.address),
    member: row?.inCluster ?? false,
    fact,
    ...given("running", fact.state === "up" ? fact : undefined),
    ...given("directoryBytes", manager.directoryBytes.get(desired.name)),
  };
}

export function viewWorld(topology: Topology, snapshot: Snapshot, manager: ManagerFacts): World {
  const view = (desired: DesiredNode): NodeView => viewNode(desired, snapshot, manager);
  const nodes = topology.nodes.map(view);
  const leaving = leavingNodes(topology, manager.nodes).map(view);
  return {
    topology,
    snapshot,
    manager,
    nodes,
    leaving,
    byName: new Map([...nodes, ...leaving].map((view) => [view.desired.name, view])),
    initialised: manager.nodes.some((node) => node.inCluster),
  };
}

/** Master now, whatever the role's name says: after a failover ds_0 is. */
export const isMasterNow = (view: NodeView): boolean =>
  view.row !== undefined && !isStandbyKind(view.row.kind);

/** The gtm master that is a member now; its name changes with a gtm failover (manager reference §6.1). */
export const gtmMaster = (world: World): NodeView | undefined =>
  world.nodes.find((view) => view.member && view.row?.kind === "gtmcoord master");

/** Whom the manager has it follow; undefined for a master, and for one of a master that is none of the release's. */
export const masterOf = (world: World, { row }: NodeView): NodeView | undefined =>
  row?.master === undefined ? undefined : world.byName.get(row.master);

/** Whether its master sees it stream, with all that there was before; false when the master can't be asked. */
export const streams = (world: World, view: NodeView): boolean =>
  masterOf(world, view)?.running?.standbys.some(
    ({ name, state }) => name === view.desired.name && state === "streaming",
  ) === true;

/** Whether commits on its master wait for it once it is a member (ManagerNode.sync). */
export const isAwaited = ({ sync }: Pick<ManagerNode, "sync">): boolean =>
  sync === "sync" || sync === "potential";

/**
 * Whether a commit on this master comes back: it runs, and one of the standbys it waits for streams. A commit that waits for a standby that never comes
 * hangs, and every step behind it with it; what keeps the standby away is another concern's to say.
 */
export function commitsPass(world: World, master: NodeView | undefined): boolean {
  if (master?.running === undefined) return false;
  const awaited = [...world.nodes, ...world.leaving].filter(
    ({ member, row }) => member && row?.master === master.desired.name && isAwaited(row),
  );
  return awaited.length === 0 || awaited.some((view) => streams(world, view));
}

export const runningCoordinators = (world: World): readonly NodeView[] =>
  world.nodes.filter(
    (view) => view.member && view.row?.kind === "coordinator master" && view.running !== undefined,
  );
