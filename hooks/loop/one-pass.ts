import { applyStage, type StageManner } from "../apply/stage.ts";
import type { Plan, Step } from "../model/action.ts";
import type { Failure } from "../model/failure.ts";
import { changedDatabase, type Outcome, type RunResult } from "../model/outcome.ts";
import { isStandbyKind } from "../model/role.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { stages } from "../plan/stages.ts";
import { fallback } from "./fallback.ts";
import { observeAndPlan } from "./observe.ts";
import type { Run, Seen } from "./run.ts";
import { refusal, waitTrouble } from "./trouble.ts";
import { verifyCoordinators } from "./verify.ts";

/** What one pass found: `again` at once, `later` after a pause, or the end. */
export type Pass =
  | { readonly next: "again" }
  | { readonly next: "later"; readonly trouble: Failure; readonly failed: boolean }
  | { readonly next: "end"; readonly result: RunResult };

type Stage = Plan["stages"][number];

/** Copies that go on at a time: each is a session of the manager and a stream of a master. */
const copiesAtOnce = 8;

type Manner = StageManner & {
  readonly aside?: boolean;
  readonly single?: boolean;
  readonly heals?: boolean;
  readonly besideStarts?: boolean;
};

const mannerOf = ({ name }: Stage): Manner =>
  stages.find((stage) => stage.name === name) ?? { together: false };

const startsStandby = ({ action }: Step): boolean => action.kind === "start-node" && isStandbyKind(action.as);

/** The first stage; where all it would do is to try again what did not start a moment ago, once what heals the others. */
function nextStage({ stubborn }: Run, inLine: readonly Stage[]): Stage | undefined {
  const [first] = inLine;
  const inVain = first?.steps.every((step) => startsStandby(step) && stubborn.has(step.action.target));
  if (inVain !== true) return first;
  stubborn.clear();
  return inLine.find((stage) => mannerOf(stage).heals === true) ?? first;
}

const failuresOf = (outcomes: readonly Outcome[]): readonly Failure[] =>
  outcomes.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));

/** Carries one stage out. */
async function carryOut(run: Run, snapshot: Snapshot, stage: Stage): Promise<readonly Outcome[]> {
  const { signal } = run.deadline;
  const remainingMs = (): number => run.deadline.remainingMs();
  const { topology, stopping } = run;
  const context = { ...run.ports, topology, snapshot, signal, stopping, remainingMs };
  const manner = mannerOf(stage);
  const most = manner.single === true ? 1 : manner.staggered === true ? copiesAtOnce : stage.steps.length;
  const outcomes = await applyStage({ ...stage, steps: stage.steps.slice(0, most) }, manner, context);
  run.done.push(...outcomes);
  for (const { step, failure } of outcomes.filter((outcome) => startsStandby(outcome.step)))
    run.stubborn[failure === undefined ? "delete" : "add"](step.action.target);
  return outcomes;
}

/** What need not wait for nodes that are started: a client waits for both, and a start takes a second. */
const besideStarts = (stage: Stage, inLine: readonly Stage[]): readonly Stage[] =>
  stage.steps.some(({ action }) => action.kind === "start-node")
    ? inLine.filter((other) => other !== stage && mannerOf(other).besideStarts === true)
    : [];

async function carryOutAll(
  run: Run,
  snapshot: Snapshot,
  inOrder: readonly Stage[],
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const stage of inOrder) outcomes.push(...(await carryOut(run, snapshot, stage)));
  return outcomes;
}

/** Carries out what is due, and the manager's own way where what is due was refused too often. */
async function act(run: Run, seen: Seen, stage: Stage, beside: readonly Stage[]): Promise<Pass> {
  const lanes = [[stage], beside].map((lane) => carryOutAll(run, seen.snapshot, lane));
  const outcomes = (await Promise.all(lanes)).flat();
  const step = fallback(run, seen, outcomes);
  if (step === undefined) return judge(run, failuresOf(outcomes));
  return judge(
    run,
    failuresOf(await carryOut(run, seen.snapshot, { name: "the manager's own way", steps: [step] })),
  );
}

function judge(run: Run, failures: readonly Failure[]): Pass {
  const terminal = failures.find(({ facts }) => facts.class === "terminal");
  if (terminal !== undefined)
    return { next: "end", result: { end: "refused", done: run.done, failure: terminal } };
  const bug = failures.find(({ facts }) => facts.class === "bug");
  if (bug !== undefined) return { next: "end", result: { end: "failed", done: run.done, failure: bug } };
  return failures[0] === undefined
    ? { next: "again" }
    : { next: "later", trouble: failures[0], failed: true };
}

/** Nothing left to do: proves it through every coordinator if anything was changed. */
async function conclude(run: Run, snapshot: Snapshot): Promise<Pass> {
  const { owesProof, withoutProof } = run.manner;
  if (withoutProof === true) return { next: "end", result: { end: "converged", done: run.done } };
  if (owesProof === true || run.done.some(changedDatabase)) {
    const bounds = {
      signal: run.deadline.signal,
      timeoutMs: Math.max(1000, Math.min(30_000, run.deadline.remainingMs())),
    };
    await verifyCoordinators(run.topology, snapshot, run.ports, bounds);
  }
  return { next: "end", result: { end: "converged", done: run.done } };
}

/** Nothing that can be carried out: somebody has to decide, or something has to come, or all is done. */
async function rest(run: Run, { snapshot, plan }: Seen): Promise<Pass> {
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

/** Reads the world, carries out what is aside and the first stage that is not, or says why there is none. */
export async function onePass(run: Run): Promise<Pass> {
  const reading = AbortSignal.any([run.deadline.signal, run.stopping]);
  const seen = await observeAndPlan(run.topology, run.ports, reading, { planner: run.manner.planner });
  run.manner.onSeen?.(seen);
  const { snapshot, plan } = seen;
  const due = plan.stages.filter(({ steps }) => steps.some(({ action }) => action.kind !== "wait"));
  const failures: Failure[] = [];
  for (const stage of due.filter((each) => mannerOf(each).aside === true))
    failures.push(...failuresOf(await carryOut(run, snapshot, stage)));
  const inLine = due.filter((each) => mannerOf(each).aside !== true);
  const stage = nextStage(run, inLine);
  if (stage !== undefined) return act(run, seen, stage, besideStarts(stage, inLine));
  return failures.length > 0 ? judge(run, failures) : rest(run, seen);
}
