import type { PlacedTable } from "../model/placed-table.ts";
import type { ManagerNode, NodeFact, PodFact } from "../model/snapshot.ts";
import type { DesiredNode, NodeName, Topology } from "../model/topology.ts";
import type { NodeAddress } from "../ports/node.ts";
import type { Placement } from "../ports/placement.ts";

interface Known {
  readonly pods: ReadonlyMap<string, PodFact>;
  readonly nodes: ReadonlyMap<NodeName, NodeFact>;
  readonly defined: readonly ManagerNode[];
}

/** Catalogs of every database, and the size of every table. */
const placedMs = 20_000;

/** What lies on the datanode masters that the values no longer ask for; who can't be asked is left out. */
export async function readPlaced(
  { topology, leaving }: { readonly topology: Topology; readonly leaving: readonly DesiredNode[] },
  known: Known,
  placement: Placement,
  signal: AbortSignal,
): Promise<ReadonlyMap<NodeName, readonly PlacedTable[]>> {
  const coordinator = answering(known, topology.nodes, "coordinator master")[0];
  const datanodes = answering(known, leaving, "datanode master");
  const found = new Map<NodeName, readonly PlacedTable[]>();
  if (coordinator === undefined) return found;
  for (const datanode of datanodes)
    try {
      const bounds = { timeoutMs: placedMs, signal };
      found.set(datanode.name, await placement.tablesOn({ coordinator, datanode }, bounds));
    } catch {
      signal.throwIfAborted();
    }
  return found;
}

/** Nodes of this kind that answer, where they are. */
function answering(
  { pods, nodes, defined }: Known,
  wanted: readonly DesiredNode[],
  kind: ManagerNode["kind"],
): readonly (NodeAddress & { readonly name: NodeName })[] {
  return wanted.flatMap(({ name, pod, port }) => {
    const address = pods.get(pod)?.ip;
    const row = defined.find((candidate) => candidate.name === name);
    const answers = nodes.get(name)?.state === "up" && row?.kind === kind;
    return answers && address !== undefined ? [{ name, address, port }] : [];
  });
}
