import type { Step } from "../model/action.ts";
import type { Concern } from "./concern.ts";
import { willInitialise } from "./initialise.ts";
import { isMasterNow, type NodeView } from "./world.ts";
import { isLoginRefusal } from "./start.ts";

const refusesUs = (view: NodeView): boolean =>
  view.member &&
  view.address !== undefined &&
  view.fact.state === "refused" &&
  isLoginRefusal(view.fact.code);

const grant = (view: NodeView, reason: string): Step[] =>
  view.address === undefined
    ? []
    : [
        {
          action: {
            kind: "grant-access",
            target: view.desired.name,
            address: view.address,
            port: view.desired.port,
          },
          reason,
          disturbance: "none",
        },
      ];

/**
 * The program's own role, made where it is missing. A coordinator spreads CREATE ROLE to all others, so one coordinator is enough at first;
 * a master that still refuses afterwards is told directly; standbys receive it from their masters.
 */
export const planAccess: Concern = (world) => {
  if (!world.initialised) {
    if (!willInitialise(world)) return { steps: [] };
    const first = world.nodes.find((view) => view.desired.role === "cn" && view.agentUp);
    return {
      steps: first === undefined ? [] : grant(first, "a new cluster has no role for this program yet"),
    };
  }
  const shut = world.nodes.filter((view) => refusesUs(view));
  const coordinator = shut.find((view) => view.row?.kind === "coordinator master");
  const targets = coordinator === undefined ? shut.filter(isMasterNow) : [coordinator];
  const standbys = shut.filter((view) => !isMasterNow(view));
  const steps = targets.flatMap((view) => grant(view, "it does not let this program in yet"));
  const waits = targets.length > 0 ? [] : standbys;
  return {
    steps: [
      ...steps,
      ...waits.map((view): Step => ({
        action: {
          kind: "wait",
          target: view.desired.name,
          for: "the program's role to arrive from its master",
        },
        reason: view.fact.state === "refused" ? view.fact.detail : "refused",
        disturbance: "none",
      })),
    ],
  };
};
