import { byKeys } from "../kit/sort.ts";
import type { Plan, Step } from "../model/action.ts";
import { toFailure } from "../model/failure.ts";
import type { Outcome } from "../model/outcome.ts";
import type { NodeName } from "../model/topology.ts";
import { applyAction } from "./action.ts";
import { pastCollisions } from "./append.ts";
import type { ApplyContext } from "./context.ts";

async function applyStep(step: Step, context: ApplyContext): Promise<Outcome> {
  const { kind, target } = step.action;
  const startedMs = context.clock.nowMs();
  const elapsed = (): number => Math.round(context.clock.nowMs() - startedMs);
  try {
    context.signal.throwIfAborted();
    context.stopping.throwIfAborted();
    context.log.write("info", { event: "action-started", action: kind, target, reason: step.reason });
    await applyAction(step.action, context);
    context.log.write("info", { event: "action-done", action: kind, target, durationMs: elapsed() });
    return { step, durationMs: elapsed() };
  } catch (error) {
    const failure = toFailure(error, target);
    const { class: failureClass, code, what } = failure.facts;
    context.log.write("warn", {
      event: "action-failed",
      action: kind,
      target,
      durationMs: elapsed(),
      class: failureClass,
      code,
      what,
    });
    return { step, durationMs: elapsed(), failure };
  }
}

/** Side by side, each beginning when the one before it is past what could collide, or has ended. */
async function applyStaggered(steps: readonly Step[], context: ApplyContext): Promise<readonly Outcome[]> {
  const outcomes: Promise<Outcome>[] = [];
  for (const step of steps) {
    const over = new AbortController();
    const outcome = applyStep(step, context).finally(() => over.abort());
    outcomes.push(outcome);
    if (step !== steps.at(-1))
      await Promise.race([outcome, pastCollisions(step.action.target as NodeName, context, over.signal)]);
  }
  return Promise.all(outcomes);
}

/** Side by side, so many at a time, in their order. */
async function applyTogether(
  steps: readonly Step[],
  atOnce: number,
  context: ApplyContext,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = [...steps];
  const lane = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift())
      outcomes.push(await applyStep(step, context));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, steps.length) }, lane));
  return outcomes.toSorted(byKeys((outcome) => outcome.step.action.target));
}

/** How the steps of a stage go. */
export interface StageManner {
  /** Side by side; else one after the other until one fails. */
  readonly together: boolean;
  /** Of those that go side by side, so many at a time, in their order; all of them, where nothing is said. */
  readonly atOnce?: number;
  readonly staggered?: boolean;
}

/**
 * Carries out one stage: side by side where its actions are independent, else one after the other until one fails
 * (what comes later may depend on it). Never throws: what went wrong is in the outcomes.
 */
export async function applyStage(
  stage: Plan["stages"][number],
  { together, staggered, atOnce }: StageManner,
  context: ApplyContext,
): Promise<readonly Outcome[]> {
  if (staggered === true) return applyStaggered(stage.steps, context);
  if (together) return applyTogether(stage.steps, atOnce ?? stage.steps.length, context);
  const outcomes: Outcome[] = [];
  for (const step of stage.steps) {
    const outcome = await applyStep(step, context);
    outcomes.push(outcome);
    if (outcome.failure !== undefined) break;
  }
  return outcomes;
}
