import type { Plan } from "../model/action.ts";
import { Failure } from "../model/failure.ts";

/** What the run waits for, as the failure it will be if time runs out. */
export function waitTrouble(plan: Plan): Failure | undefined {
  const step = plan.stages.flatMap((stage) => stage.steps).find(({ action }) => action.kind === "wait");
  if (step?.action.kind !== "wait") return undefined;
  const what = `waiting for ${step.action.for}: ${step.reason}`;
  const { remedy } = step;
  return new Failure({
    class: "wait",
    code: "waiting",
    what,
    object: step.action.target,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/** What somebody has to decide before the cluster can be what the values ask for. */
export function refusal(plan: Plan): Failure | undefined {
  const entry = plan.leftAlone.find(({ blocks }) => blocks);
  if (entry === undefined) return undefined;
  const { object, reason, remedy } = entry;
  return new Failure({
    class: "terminal",
    code: "left-alone",
    what: reason,
    object,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
