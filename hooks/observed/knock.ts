import type { PodFact } from "../model/snapshot.ts";
import type { NodeName, Topology } from "../model/topology.ts";
import type { Knock } from "../model/trial.ts";
import type { ClientDoor } from "../ports/client.ts";
import type { Bounds } from "../ports/manager.ts";

/** Knocks at every node that has an address, all at once. */
export async function knockAtNodes(
  topology: Topology,
  pods: ReadonlyMap<string, PodFact>,
  door: ClientDoor,
  bounds: Bounds,
): Promise<ReadonlyMap<NodeName, Knock>> {
  const knocks = topology.nodes.flatMap(({ name, pod, port }) => {
    const host = pods.get(pod)?.ip;
    if (host === undefined) return [];
    return [door.knock({ name, host, port }, bounds).then((knock) => [name, knock] as const)];
  });
  return new Map(await Promise.all(knocks));
}
