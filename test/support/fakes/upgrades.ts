import { drain } from "../../../hooks/loop/drain.ts";
import type { NodeKind } from "../../../hooks/model/role.ts";
import type { NodeName, Topology } from "../../../hooks/model/topology.ts";
import { catalogLost } from "./manager-server.ts";
import type { World } from "./world.ts";
import { run, startProcess } from "./runs.ts";

const deaf = { begin: () => undefined, moved: () => undefined, failed: () => undefined };

/** Datanode masters that the one topology has and the other has not, the last first. */
export const datanodesLeaving = (from: Topology, to: Topology): readonly string[] =>
  from.nodes
    .filter(({ role, name }) => role === "dn" && !to.nodes.some((node) => node.name === name))
    .map(({ name }) => name as string)
    .toReversed();

/** `antdb drain` of each datanode that goes. */
export async function drainLeaving(world: World, from: Topology, to: Topology): Promise<void> {
  for (const node of datanodesLeaving(from, to))
    await drain(from, startProcess(world).ports, { node, stop: new AbortController().signal }, deaf);
}

const rowsOn = (world: World, node: string): number =>
  world.pods.get(`antdb-${node.replace("_", "-")}`)?.disk?.data.rows ?? 0;

export const holdsRows = (world: World, from: Topology, to: Topology): boolean =>
  datanodesLeaving(from, to).some((node) => rowsOn(world, node) > 0);

/** What helm does to the StatefulSets. */
export function helmApplies(world: World, topology: Topology): void {
  world.shrink(topology);
  world.grow(topology);
}

const cleanNamed = /CLEAN ((?:DATANODE|COORDINATOR|GTMCOORD) \w+) (\w+);/;

/** The note of its departure was lost with the manager's volume, or it was taken out while its pod was away and nobody could tell how much its directory held. */
function unproved({ audit, manager }: World, name: NodeName): boolean {
  const departure = manager.departures.get(name);
  return departure === undefined
    ? audit.deeds.some(({ what }) => what === catalogLost)
    : departure.bytes === undefined;
}

/** What a person does about nodes that come back on volumes the program has no proof for, as datanodes that were emptied always do: the CLEAN it names. */
export async function cleanReturned(world: World, topology: Topology): Promise<void> {
  for (;;) {
    const { result } = await run(world, topology);
    const remedy = result.end === "refused" ? result.failure.facts.remedy : undefined;
    const [, kind, word] = cleanNamed.exec(remedy ?? "") ?? [];
    const name = word as NodeName;
    if (kind === undefined || (kind !== "DATANODE MASTER" && !unproved(world, name))) return;
    const bounds = { timeoutMs: 60_000, signal: new AbortController().signal };
    const { managers } = startProcess(world).ports;
    await using manager = await managers.connect(world.pod(topology.managerPod).ip ?? "", bounds);
    await manager.cleanNode(name, kind.toLowerCase() as NodeKind, bounds);
  }
}
