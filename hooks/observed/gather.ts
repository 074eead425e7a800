import type { ManagerNode, PodFact, Snapshot } from "../model/snapshot.ts";
import { leavingNodes } from "../model/leaving.ts";
import type { Topology } from "../model/topology.ts";
import type { CatalogKeeper } from "../ports/catalog-keeper.ts";
import type { Clock } from "../ports/clock.ts";
import type { Kube, Hold } from "../ports/kube.ts";
import type { Log } from "../ports/log.ts";
import type { ManagerConnector } from "../ports/manager.ts";
import type { Nodes } from "../ports/node.ts";
import type { Placement } from "../ports/placement.ts";
import { lookAtNodes } from "./look-at-nodes.ts";
import { lookWithoutCatalog } from "./look-without-catalog.ts";
import { readPlaced } from "./read-placed.ts";
import { settingsThatMatter } from "./settings.ts";
import { readManager, readSizes, sizesThatMatter } from "./read-manager.ts";

export interface GatherPorts {
  readonly kube: Kube;
  readonly hold: Pick<Hold, "read">;
  readonly keeper: Pick<CatalogKeeper, "read">;
  readonly managers: ManagerConnector;
  readonly nodes: Nodes;
  readonly placement: Placement;
  readonly log: Log;
  readonly clock: Clock;
}

export interface GatherOptions {
  readonly signal: AbortSignal;
  /** For one node; all are looked at side by side. */
  readonly lookTimeoutMs: number;
  /** Counts the sessions on each node, for a plan that people read. */
  readonly sessions?: boolean;
}

/**
 * One reading of the whole world: pods, the manager's catalog, every node the manager knows, then the directories that decide something. Changes nothing. A manager or a node that does not
 * answer is a fact, not an error; only the Kubernetes API has to be there.
 */
export async function gatherSnapshot(
  topology: Topology,
  ports: GatherPorts,
  options: GatherOptions,
): Promise<Snapshot> {
  const [listed, held, kept] = await Promise.all([
    ports.kube.listPods(options.signal),
    ports.hold.read(options.signal),
    ports.keeper.read(options.signal),
  ]);
  const pods = new Map(listed.map((pod): [string, PodFact] => [pod.name, pod]));
  const read = await readManager(topology, pods, ports.managers, options.signal);
  const manager = "manager" in read ? read.manager : undefined;
  const defined = manager?.nodes ?? [];
  const leaving = leavingNodes(topology, defined);
  const everyone = [...topology.nodes, ...leaving];
  const settings = settingsThatMatter(topology, manager);
  const growing = isGrowing(topology, defined);
  const within = { pods, manager, settings, growing, sessions: options.sessions === true };
  const nodes = defined.some(({ inCluster }) => inCluster)
    ? await lookAtNodes(everyone, within, ports.nodes, options)
    : await lookWithoutCatalog({ topology, kept }, within, ports.nodes, options);
  const known = { pods, nodes, defined };
  const placed = await readPlaced({ topology, leaving }, known, ports.placement, options.signal);
  const seen = { engine: topology.engine, pods, nodes, placed, held, kept };
  if (!("manager" in read)) return { ...seen, ...read };
  const sizes = sizesThatMatter(everyone, { manager: read.manager, pods, nodes });
  const whole = await readSizes(read.manager, sizes, ports.managers, options.signal);
  return { ...seen, manager: whole };
}

/** Some node that the values ask for is no member of a cluster that has members. */
function isGrowing(topology: Topology, defined: readonly ManagerNode[]): boolean {
  const members = new Set<string>(defined.filter(({ inCluster }) => inCluster).map(({ name }) => name));
  return members.size > 0 && topology.nodes.some(({ name }) => !members.has(name));
}
