import type { KeptCatalog } from "./kept-catalog.ts";
import { nodeOfName } from "./leaving.ts";
import { initialKind, type NodeKind } from "./role.ts";
import type { CatalogRow, NodeFact, Snapshot } from "./snapshot.ts";
import type { DesiredNode, NodeName, Topology } from "./topology.ts";

/** Rows of pgxc_node as running nodes have them that keep a list: the gtm and the coordinators, no standbys of theirs. */
export function listsOf(
  nodes: ReadonlyMap<NodeName, NodeFact>,
): ReadonlyMap<NodeName, readonly CatalogRow[]> {
  const rows = (fact: NodeFact): readonly CatalogRow[] =>
    fact.state === "up" && !fact.inRecovery ? fact.catalog.filter(({ standby }) => standby !== true) : [];
  return new Map(
    [...nodes].flatMap(([name, fact]) => (rows(fact).length > 0 ? [[name, rows(fact)] as const] : [])),
  );
}

/**
 * Nodes of the chart's own that may be members of a cluster whose manager knows nothing: those the values ask for, those that were kept, and those a running list
 * names. In this order, each once.
 */
export function candidatesOf(
  topology: Topology,
  { kept, nodes }: Pick<Snapshot, "kept" | "nodes">,
): readonly DesiredNode[] {
  const found = new Map<string, DesiredNode>(topology.nodes.map((node) => [node.name, node]));
  const others = [
    ...(kept.state === "kept" ? kept.catalog.nodes : []),
    ...[...listsOf(nodes).values()].flat(),
  ];
  for (const { name, port } of others) {
    const node = nodeOfName(topology, name, port);
    if (node !== undefined && !found.has(name)) found.set(name, node);
  }
  return [...found.values()];
}

/** As what to look at a node nobody defines: what it was when that was kept, else what it was made as. */
export const likelyKind = ({ name, role }: DesiredNode, kept: KeptCatalog | undefined): NodeKind =>
  kept?.nodes.find((row) => row.name === name)?.kind ?? initialKind[role];
