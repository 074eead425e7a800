import { nodeRoles } from "./role.ts";
import type { ManagerNode } from "./snapshot.ts";
import type { DesiredNode, NodeName, Topology } from "./topology.ts";

/** The node a name of the chart's own pattern stands for (`cn_2`); undefined for names somebody else chose. */
export function nodeOfName(topology: Topology, name: string, port = 0): DesiredNode | undefined {
  const [, prefix, digits] = /^([a-z]+)_(0|[1-9]\d*)$/.exec(name) ?? [];
  const role = nodeRoles.find((candidate) => candidate === prefix);
  if (role === undefined || digits === undefined) return undefined;
  const ordinal = Number(digits);
  const pod = `${topology.statefulSets[role]}-${ordinal}`;
  return { name: name as NodeName, role, ordinal, pod, port };
}

/** Nodes of the chart's own that the manager defines and the values no longer ask for. */
export function leavingNodes(topology: Topology, rows: readonly ManagerNode[]): readonly DesiredNode[] {
  const wanted = new Set<string>(topology.nodes.map(({ name }) => name));
  return rows
    .filter(({ name, host }) => !wanted.has(name) && host === name)
    .flatMap(({ name, port }) => nodeOfName(topology, name, port) ?? []);
}
