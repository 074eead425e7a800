import type { Action } from "../model/action.ts";
import { Failure, toFailure } from "../model/failure.ts";
import type { ApplyContext } from "./context.ts";

/** Whatever keeps a label from being written keeps nobody from healing the database: always worth a retry, never the end of a run. */
export async function applyLabel(
  action: Extract<Action, { kind: "label-pod" | "withdraw-pod" }>,
  context: ApplyContext,
): Promise<void> {
  const { pod: name, uid } = action;
  const state = action.kind === "label-pod" ? action.state : undefined;
  try {
    await context.kube.labelPod({ name, uid }, state, context.signal);
  } catch (error) {
    const { facts } = toFailure(error, `pod ${name}`);
    throw new Failure({ ...facts, class: "retry" }, { cause: error });
  }
}
