import { candidatesOf, likelyKind } from "../model/candidates.ts";
import type { Keeping } from "../model/kept-catalog.ts";
import { synchronousNames } from "../model/parameter-rules.ts";
import { isStandbyKind, type NodeKind } from "../model/role.ts";
import type { NodeFact } from "../model/snapshot.ts";
import type { DesiredNode, NodeName, Topology } from "../model/topology.ts";
import type { Nodes } from "../ports/node.ts";
import { lookAtNodes, type Known } from "./look-at-nodes.ts";

const other: Readonly<Record<NodeKind, NodeKind>> = {
  "gtmcoord master": "gtmcoord slave",
  "gtmcoord slave": "gtmcoord master",
  "coordinator master": "coordinator slave",
  "coordinator slave": "coordinator master",
  "datanode master": "datanode slave",
  "datanode slave": "datanode master",
};

const isTaken = (kind: NodeKind, fact: NodeFact | undefined): boolean =>
  fact?.state === "up" && fact.inRecovery !== isStandbyKind(kind);

/**
 * Every node that may be a member although the manager knows none: a new cluster's, whose postgres does not run, or one's whose manager has lost its volume. What a node is
 * asked depends on what it is, so one that turns out to be another is asked again; and lists may name more nodes than were known.
 */
export async function lookWithoutCatalog(
  { topology, kept }: { readonly topology: Topology; readonly kept: Keeping },
  known: Known,
  nodes: Nodes,
  options: { readonly signal: AbortSignal; readonly lookTimeoutMs: number },
): Promise<ReadonlyMap<NodeName, NodeFact>> {
  const catalog = kept.state === "kept" ? kept.catalog : undefined;
  const settings = [...known.settings, synchronousNames];
  const look = (
    wanted: readonly DesiredNode[],
    kindOf: (node: DesiredNode) => NodeKind,
  ): Promise<ReadonlyMap<NodeName, NodeFact>> => {
    const kinds = new Map(wanted.map((node) => [node.name, kindOf(node)]));
    return lookAtNodes(wanted, { ...known, settings, kinds }, nodes, options);
  };
  const asLikely = (node: DesiredNode): NodeKind => likelyKind(node, catalog);
  const lookTwice = async (
    wanted: readonly DesiredNode[],
  ): Promise<readonly (readonly [NodeName, NodeFact])[]> => {
    const first = await look(wanted, asLikely);
    const mistaken = wanted.filter((node) => isTaken(asLikely(node), first.get(node.name)));
    return [...first, ...(await look(mistaken, (node) => other[asLikely(node)]))];
  };
  const seen = new Map(await lookTwice(candidatesOf(topology, { kept, nodes: new Map() })));
  const more = candidatesOf(topology, { kept, nodes: seen }).filter(({ name }) => !seen.has(name));
  for (const [name, fact] of await lookTwice(more)) seen.set(name, fact);
  return seen;
}
