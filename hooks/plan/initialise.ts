import type { Step } from "../model/action.ts";
import { badParameters } from "./bad-parameters.ts";
import type { Concern, Findings } from "./concern.ts";
import { isLost } from "./lost.ts";
import type { NodeView, World } from "./world.ts";

function initialise(recover: boolean): Findings {
  const reason = recover
    ? "a former INIT ALL was cut off before any node was a member: stop, clean and initialise again"
    : "no node is a member and every data directory is empty";
  return {
    steps: [
      {
        action: { kind: "initialise", target: "cluster", recover },
        reason,
        disturbance: "none: nobody can be connected yet",
      },
    ],
  };
}

/** Only an agent's answer proves a directory empty; without one nothing is initialised. */
const awaitProof = ({ desired }: NodeView): Step => ({
  action: { kind: "wait", target: desired.name, for: "its agent to tell the size of its directory" },
  reason: "nothing proves yet that its volume is empty",
  disturbance: "none",
});

/** INIT ALL, once in a cluster's life: only with every pod there and every directory empty, or as the recovery of a try that was cut off. */
export const planInitialisation: Concern = (world) => {
  if (world.initialised || isLost(world) || badParameters(world).length > 0) return { steps: [] };
  if (world.manager.journal === "finished") {
    return {
      steps: [],
      leftAlone: [
        {
          object: "cluster",
          reason: "it was initialised once, but the manager lists no member any more",
          remedy:
            "it is rebuilt once a node runs or its agent tells what is on its volume; nothing is initialised over data",
          blocks: true,
        },
      ],
    };
  }
  if (world.manager.journal === "begun") {
    // Everything must be reachable for CLEAN ALL and INIT ALL alike; missing pods are waited for by the pods concern.
    return world.nodes.every((view) => view.agentUp && view.row !== undefined)
      ? initialise(true)
      : { steps: [] };
  }
  if (!world.nodes.every((view) => view.agentUp)) return { steps: [] };
  const unproven = world.nodes.filter((view) => view.row !== undefined && view.directoryBytes === undefined);
  if (unproven.length > 0) return { steps: unproven.map(awaitProof) };
  return initialise(false);
};

/** True when this plan contains INIT ALL: concerns then forecast what a newborn cluster will need. */
export const willInitialise = (world: World): boolean =>
  planInitialisation(world).steps.some(({ action }) => action.kind === "initialise");

/** Notes that INIT ALL's work was whole: every desired node a member and answering. From then on no run may clean. */
export const planSeal: Concern = (world) => {
  if (world.manager.journal === "finished") return { steps: [] };
  const whole = world.initialised && world.nodes.every((view) => view.member && view.running !== undefined);
  if (!whole && !willInitialise(world)) return { steps: [] };
  const step: Step = {
    action: { kind: "seal-initialisation", target: "cluster" },
    reason: "every node is a member and answers",
    disturbance: "none",
  };
  return { steps: [step] };
};
