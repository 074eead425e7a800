import { describe, expect, it } from "vitest";
import type { Action } from "../../../hooks/model/action.ts";
import { Failure, type FailureFacts } from "../../../hooks/model/failure.ts";
import type { Outcome, RunResult } from "../../../hooks/model/outcome.ts";
import { closingLine } from "../../../hooks/report/closing-line.ts";
import { exitCodeOf } from "../../../hooks/report/exit-code.ts";

const release = { name: "prod", namespace: "db" };
const again = "helm upgrade prod <chart> -n db --reuse-values runs it again";
const because = (remedy?: string): Failure => {
  const facts: FailureFacts = { class: "retry", code: "x", what: "postgres does not answer", object: "dn_0" };
  return new Failure(remedy === undefined ? facts : { ...facts, remedy });
};
const outcomeOf = (action: Action): Outcome => ({
  step: { action, reason: "r", disturbance: "none" },
  durationMs: 1,
});
const outcome = (failure?: Failure): Outcome => ({
  step: { action: { kind: "wait", target: "dn_0", for: "x" }, reason: "r", disturbance: "none" },
  durationMs: 1,
  ...(failure === undefined ? {} : { failure }),
});

const cases: readonly (readonly [RunResult, number, string])[] = [
  [{ end: "converged", done: [] }, 0, "reconcile: nothing to do, the cluster is as the values ask"],
  [
    { end: "converged", done: [outcome(because())] },
    0,
    "reconcile: nothing to do, the cluster is as the values ask",
  ],
  [
    { end: "converged", done: [outcome()] },
    0,
    "reconcile: done, 1 action, verified by a distributed write and read",
  ],
  [
    { end: "converged", done: [outcome(), outcome(), outcome(because())] },
    0,
    "reconcile: done, 2 actions, verified by a distributed write and read",
  ],
  [
    { end: "converged", done: [outcomeOf({ kind: "keep-catalog", target: "manager" })] },
    0,
    "reconcile: nothing to do, the cluster is as the values ask",
  ],
  [
    { end: "failed", done: [], failure: because() },
    1,
    `reconcile: failed: dn_0: postgres does not answer. Next: ${again}`,
  ],
  [
    { end: "failed", done: [], failure: because("look at its log") },
    1,
    `reconcile: failed: dn_0: postgres does not answer. Next: look at its log; ${again}`,
  ],
  [
    { end: "refused", done: [], failure: because("put the volume back") },
    2,
    "reconcile: refused: dn_0: postgres does not answer. Next: put the volume back",
  ],
  [
    { end: "refused", done: [], failure: because() },
    2,
    "reconcile: refused: dn_0: postgres does not answer. Next: it needs a decision: a retry cannot help",
  ],
  [
    { end: "deadline", done: [], failure: because() },
    3,
    `reconcile: not finished in time: dn_0: postgres does not answer. Next: it is safe to run again: ${again}`,
  ],
  [
    { end: "deadline", done: [], failure: because("wait") },
    3,
    `reconcile: not finished in time: dn_0: postgres does not answer. Next: wait; it is safe to run again: ${again}`,
  ],
];

describe("the end of a run", () => {
  it.each(cases)("%#", (result, code, line) => {
    expect(closingLine("reconcile", result, release)).toBe(line);
    expect(exitCodeOf(result)).toBe(code);
  });
});
