import type { ActionKind, Step } from "./action.ts";
import type { Failure } from "./failure.ts";

/** What became of one step. `failure` is absent when it was done. */
export interface Outcome {
  readonly step: Step;
  readonly durationMs: number;
  readonly failure?: Failure;
}

const outsideOfIt = new Set<ActionKind>(["label-pod", "withdraw-pod", "keep-catalog", "forget-catalog"]);

/** True for what was done to the database itself; labels on pods and what is kept in a Secret change nothing there. */
export const changedDatabase = ({ step, failure }: Outcome): boolean =>
  failure === undefined && !outsideOfIt.has(step.action.kind);

/** How a run ended; the exit code follows from it (report/exit-code.ts). */
export type RunResult =
  | { readonly end: "converged"; readonly done: readonly Outcome[] }
  | { readonly end: "refused"; readonly done: readonly Outcome[]; readonly failure: Failure }
  | { readonly end: "failed"; readonly done: readonly Outcome[]; readonly failure: Failure }
  /** Nothing to do but wait, and this run does not wait for ever: it will be run again. */
  | { readonly end: "waiting"; readonly done: readonly Outcome[]; readonly failure: Failure }
  | { readonly end: "deadline"; readonly done: readonly Outcome[]; readonly failure: Failure };
