import type { Step } from "../model/action.ts";
import { catalogOf, sameCatalog } from "../model/kept-catalog.ts";
import type { Concern } from "./concern.ts";
import { willInitialise } from "./initialise.ts";
import type { World } from "./world.ts";

const step = (kind: "keep-catalog" | "forget-catalog", reason: string): Step => ({
  action: { kind, target: "manager" },
  reason,
  disturbance: "none",
});

/** Only a catalog that is one replaces what is kept: never an empty one, nor one whose INIT ALL was not seen to be whole. */
const isWhole = ({ manager: { journal, nodes } }: World): boolean =>
  journal === "finished" &&
  (["gtmcoord master", "coordinator master", "datanode master"] as const).every((kind) =>
    nodes.some((row) => row.inCluster && row.kind === kind),
  );

/**
 * A copy of what only the manager knows, outside of its volume: renewed whenever the two differ. A new cluster is made only where every directory was proved to be empty,
 * so what is kept there is of one that is gone.
 */
export const planKeeping: Concern = (world) => {
  const { kept } = world.snapshot;
  if (willInitialise(world))
    return kept.state === "kept"
      ? {
          steps: [step("forget-catalog", "every volume is empty: what is kept is of a cluster that is gone")],
        }
      : { steps: [] };
  if (!isWhole(world)) return { steps: [] };
  if (kept.state === "absent" || (kept.state === "unreadable" && kept.forbidden === true))
    return {
      steps: [],
      leftAlone: [
        {
          object: "manager",
          reason:
            kept.state === "absent"
              ? "there is no Secret to keep a copy of its catalog in: lost with its volume, it is rebuilt from the nodes alone"
              : `no copy of its catalog can be kept: ${kept.why}`,
          remedy: "helm upgrade makes the Secret, and the right to it",
          blocks: false,
        },
      ],
    };
  if (kept.state === "kept" && sameCatalog(kept.catalog, catalogOf(world.manager))) return { steps: [] };
  const reason =
    kept.state === "kept"
      ? "it has changed since it was kept"
      : kept.state === "empty"
        ? "it was never kept"
        : `what is kept can't be read (${kept.why})`;
  return { steps: [step("keep-catalog", reason)] };
};
