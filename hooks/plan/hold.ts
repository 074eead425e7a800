import type { Step } from "../model/action.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { DesiredNode, Topology } from "../model/topology.ts";

/**
 * Nodes that a guard took out for an upgrade on its way. Only those that are out: a member is served like any other, whatever a guard meant to do
 * with it.
 */
function heldOut(topology: Topology, { manager, held }: Snapshot): readonly DesiredNode[] {
  if (manager === undefined) return [];
  const members = new Set<string>(manager.nodes.filter(({ inCluster }) => inCluster).map(({ name }) => name));
  return topology.nodes.filter(({ name }) => held.includes(name) && !members.has(name));
}

/** What is wanted for now, without them, and that the rest has to wait. */
export function respectHold(
  topology: Topology,
  snapshot: Snapshot,
): { readonly wanted: Topology; readonly waits: readonly Step[] } {
  const out = heldOut(topology, snapshot);
  const wanted =
    out.length === 0
      ? topology
      : { ...topology, nodes: topology.nodes.filter((node) => !out.includes(node)) };
  const waits = out.map(({ name: target }): Step => ({
    action: { kind: "wait", target, for: "the upgrade that takes it away to come, or not to" },
    reason: "it was taken out of the cluster before an upgrade, minutes ago",
    disturbance: "none",
  }));
  return { wanted, waits };
}
