import type { Step } from "../model/action.ts";
import { nodeOfName } from "../model/leaving.ts";
import type { Concern } from "./concern.ts";
import type { NodeView, World } from "./world.ts";

/** Names of the chart's own standbys that neither the values nor the manager know any more. */
function orphans(world: World, { running }: NodeView): readonly string[] {
  const known = new Set<string>([
    ...world.topology.nodes.map(({ name }) => name),
    ...world.manager.nodes.map(({ name }) => name),
  ]);
  return (running?.idleSlots ?? []).filter(
    (slot) => !known.has(slot) && ["dn", "ds"].includes(nodeOfName(world.topology, slot)?.role ?? ""),
  );
}

/** An APPEND of a standby makes its slot on the master before anything else; given up since, the slot would keep every file of the master's log for ever. */
export const planSlots: Concern = (world) => ({
  steps: world.nodes.flatMap((view) =>
    !view.member || view.running?.inRecovery !== false
      ? []
      : orphans(world, view).map((slot): Step => ({
          action: { kind: "drop-slot", target: view.desired.name, slot },
          reason: `nobody streams from the slot ${slot}, and there is no node of that name any more; it keeps the log of ${view.desired.name} from being recycled`,
          disturbance: "none",
        })),
  ),
});
