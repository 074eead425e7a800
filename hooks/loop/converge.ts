import { applyStage } from "../apply/stage.ts";
import { backoffDelaysMs } from "../kit/backoff.ts";
import type { Deadline } from "../kit/deadline.ts";
import type { Plan } from "../model/action.ts";
import { toFailure, type Failure } from "../model/failure.ts";
import type { Outcome, RunResult } from "../model/outcome.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Topology } from "../model/topology.ts";
import { stages } from "../plan/stages.ts";
import { observeAndPlan } from "./observe.ts";
import type { RunPorts } from "./ports.ts";
import { refusal, waitTrouble } from "./trouble.ts";
import { verifyCoordinators } from "./verify.ts";

/** Pods become ready one by one, and each is worth a look at once: an observation costs some 20 ms. */
const longestPauseMs = 1000;

/** Passes in a row that only failed before the run gives up and leaves the rest to the next one. */
const triesInARow = 5;

interface Run {
  readonly topology: Topology;
  readonly ports: RunPorts;
  readonly deadline: Deadline;
  readonly done: Outcome[];
}

/** What one pass found: `again` at once, `later` after a pause, or the end. */
type Pass =
  | { readonly next: "again" }
  | { readonly next: "later"; readonly trouble: Failure; readonly failed: boolean }
  | { readonly next: "end"; readonly result: RunResult };

async function carryOut(run: Run, snapshot: Snapshot, stage: Plan["stages"][number]): Promise<Pass> {
  const together = stages.find(({ name }) => name === stage.name)?.together ?? false;
  const { signal } = run.deadline;
  const remainingMs = (): number => run.deadline.remainingMs();
  const context = { ...run.ports, topology: run.topology, snapshot, signal, remainingMs };
  const outcomes = await applyStage(stage, together, context);
  run.done.push(...outcomes);
  const failures = outcomes.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  const terminal = failures.find(({ facts }) => facts.class === "terminal");
  if (terminal !== undefined)
    return { next: "end", result: { end: "refused", done: run.done, failure: terminal } };
  const bug = failures.find(({ facts }) => facts.class === "bug");
  if (bug !== undefined) return { next: "end", result: { end: "failed", done: run.done, failure: bug } };
  return failures[0] === undefined
    ? { next: "again" }
    : { next: "later", trouble: failures[0], failed: true };
}

/** Nothing left to do: proves it through every coordinator if this run changed anything. */
async function conclude(run: Run, snapshot: Snapshot): Promise<Pass> {
  const changed = run.done.some(({ failure }) => failure === undefined);
  if (changed) {
    const bounds = {
      signal: run.deadline.signal,
      timeoutMs: Math.max(1000, Math.min(30_000, run.deadline.remainingMs())),
    };
    await verifyCoordinators(run.topology, snapshot, run.ports, bounds);
  }
  return { next: "end", result: { end: "converged", done: run.done } };
}

async function onePass(run: Run): Promise<Pass> {
  const { snapshot, plan } = await observeAndPlan(run.topology, run.ports, run.deadline.signal);
  const stage = plan.stages.find(({ steps }) => steps.some(({ action }) => action.kind !== "wait"));
  if (stage !== undefined) return carryOut(run, snapshot, stage);
  const refused = refusal(plan);
  if (refused !== undefined) {
    for (const entry of plan.leftAlone)
      run.ports.log.write("warn", {
        event: "left-alone",
        object: entry.object,
        reason: entry.reason,
        ...(entry.remedy === undefined ? {} : { remedy: entry.remedy }),
      });
    return { next: "end", result: { end: "refused", done: run.done, failure: refused } };
  }
  const waiting = waitTrouble(plan);
  return waiting === undefined ? conclude(run, snapshot) : { next: "later", trouble: waiting, failed: false };
}

/**
 * Reads, decides, acts and reads again until nothing is left to do, somebody has to decide, or time is up.
 * Level-triggered: nothing is remembered from pass to pass but what to report.
 */
export async function converge(
  topology: Topology,
  ports: RunPorts,
  deadline: Deadline,
  fruitlessLimit: number = triesInARow,
): Promise<RunResult> {
  const run: Run = { topology, ports, deadline, done: [] };
  let delays = backoffDelaysMs(200, longestPauseMs);
  let fruitless = 0;
  let trouble: Failure | undefined;
  const startedMs = ports.clock.nowMs();
  for (;;) {
    const pass = await onePass(run).catch((error: unknown): Pass => ({
      next: "later",
      trouble: toFailure(error, "cluster"),
      failed: true,
    }));
    if (pass.next === "end") return pass.result;
    if (pass.next === "again") {
      delays = backoffDelaysMs(200, longestPauseMs);
      fruitless = 0;
      continue;
    }
    ({ trouble } = pass);
    fruitless = pass.failed ? fruitless + 1 : fruitless;
    if (deadline.signal.aborted) return { end: "deadline", done: run.done, failure: trouble };
    if (trouble.facts.class === "terminal") return { end: "refused", done: run.done, failure: trouble };
    if (fruitless >= fruitlessLimit || trouble.facts.class === "bug")
      return { end: "failed", done: run.done, failure: trouble };
    const elapsedMs = Math.round(ports.clock.nowMs() - startedMs);
    ports.log.write("info", {
      event: "waiting",
      for: trouble.facts.what,
      object: trouble.facts.object,
      elapsedMs,
    });
    await ports.clock.sleep(delays.next().value, deadline.signal).catch(() => undefined);
  }
}
