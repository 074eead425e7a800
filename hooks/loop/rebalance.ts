import { backoffDelaysMs } from "../kit/backoff.ts";
import { DeadlineReached } from "../kit/deadline.ts";
import { Failure, toFailure } from "../model/failure.ts";
import type {
  RebalanceEnd,
  RebalancePlan,
  RebalanceRest,
  RebalanceResult,
  RebalanceStep,
  RebalanceTotals,
} from "../model/rebalance.ts";
import { nameOfTable } from "../model/spread-table.ts";
import type { Topology } from "../model/topology.ts";
import type { RebalanceChoice } from "../plan/rebalance.ts";
import type { Ground } from "./ground.ts";
import type { RunPorts } from "./ports.ts";
import { moveRound, type RoundRun } from "./rebalance-round.ts";
import { surveyTables, type Survey } from "./survey-tables.ts";

/** For ending what a mover before this one left running. */
const orphansMs = 120_000;
/** Until a table that others hold is come back to. */
const comeBackMs = 5000;
const longestPauseMs = 5000;
/** To say what remains after it was told to stop: within a pod's grace period. */
const lastLookMs = 5000;

export interface RebalanceRequest {
  readonly choice: RebalanceChoice;
  /** Datanodes that a drain emptied get rows again. */
  readonly ontoDrained: boolean;
  /** How long it waits for what is missing, such as a datanode that is no member yet. */
  readonly patienceMs: number;
  /** Aborts when time is up, or the process is told to stop. */
  readonly stop: AbortSignal;
}

/** Told of what goes on, for people to watch. */
export interface RebalanceWatcher {
  begin(plan: RebalancePlan, ground: Ground): void;
  moving(step: RebalanceStep): void;
  /** A move that takes long goes on. */
  still(step: RebalanceStep, elapsedMs: number): void;
  moved(step: RebalanceStep, rows: number, durationMs: number): void;
  /** `again`: it is come back to. */
  failed(step: RebalanceStep, failure: Failure, again: boolean): void;
  waiting(failure: Failure): void;
  endedOrphans(count: number): void;
}

type Ports = Pick<
  RunPorts,
  "kube" | "managers" | "nodes" | "placement" | "hold" | "keeper" | "spreader" | "mover" | "log" | "clock"
>;

/** A run under way: what to report, and how often which table was tried. Where tables lie is read again before each round. */
interface Run extends RoundRun {
  readonly topology: Topology;
  readonly ports: Ports;
  readonly request: RebalanceRequest;
  readonly watcher: RebalanceWatcher;
  last: Survey | undefined;
  begun: boolean;
}

const totalsOf = ({ totals, stuck, last }: Run): RebalanceTotals => ({
  ...totals,
  stuck: [...stuck.values()],
  leftAlone: last?.plan.leftAlone ?? [],
  leftOut: last?.ground.leftOut ?? [],
});

/** Reads, and ends what a mover before this one left running. */
async function look(run: Run): Promise<Survey> {
  const { topology, ports, request, signal, watcher } = run;
  const survey = await surveyTables(topology, ports, request, signal);
  run.last = survey;
  const bounds = { timeoutMs: orphansMs, signal };
  const ended = await Promise.all(
    survey.ground.coordinators.map((node) => ports.spreader.endOrphans(node, bounds)),
  );
  const orphans = ended.reduce((sum, count) => sum + count, 0);
  if (orphans > 0) watcher.endedOrphans(orphans);
  if (!run.begun) watcher.begin(survey.plan, survey.ground);
  run.begun = true;
  return survey;
}

/** What it is held up by, since when. */
interface Lull {
  sinceMs: number | undefined;
  told: string;
  pauses: Generator<number, never>;
}

const noLull = (): Lull => ({
  sinceMs: undefined,
  told: "",
  pauses: backoffDelaysMs(500, longestPauseMs),
});

/** One reading, and a try at every table that is left. True when none is. */
async function readAndMove(run: Run, onProgress: () => void): Promise<boolean> {
  const { plan, ground } = await look(run);
  const todo = plan.todo.filter((table) => !run.stuck.has(nameOfTable(table)));
  if (todo.length === 0) return true;
  const round = await moveRound(run, ground, todo);
  if (round.moved > 0 || round.given > 0) onProgress();
  if (round.trouble !== undefined) throw round.trouble;
  if (round.later > 0) await run.ports.clock.sleep(comeBackMs, run.signal);
  return false;
}

/** Round after round until nothing is left, or nothing more can be done. */
async function rounds(run: Run): Promise<RebalanceEnd> {
  const { ports, request, signal, watcher } = run;
  let lull = noLull();
  for (;;) {
    try {
      if (await readAndMove(run, () => (lull = noLull()))) return { end: "done" };
    } catch (error) {
      signal.throwIfAborted();
      const why = toFailure(error, "cluster");
      if (why.facts.class === "terminal" || why.facts.class === "bug") throw why;
      lull.sinceMs ??= ports.clock.nowMs();
      if (ports.clock.nowMs() - lull.sinceMs >= request.patienceMs) return { end: "waited", why };
      if (why.message !== lull.told) watcher.waiting(why);
      lull.told = why.message;
      await ports.clock.sleep(lull.pauses.next().value, signal);
    }
  }
}

/** What still is to be done; unknown when that can't be read soon. */
async function restOf(run: Run): Promise<RebalanceRest> {
  const signal = AbortSignal.timeout(lastLookMs);
  const survey = await surveyTables(run.topology, run.ports, run.request, signal).catch(() => undefined);
  return {
    ...(run.inHand === undefined ? {} : { at: run.inHand }),
    ...(survey === undefined ? {} : { remaining: survey.plan.todo }),
  };
}

/** @param reason of the signal to stop; undefined when the token was lost */
function cutBy(reason: unknown): Failure {
  const object = "rebalance";
  if (reason === undefined)
    return new Failure({
      class: "retry",
      code: "lease-lost",
      what: "another one may be moving tables",
      object,
    });
  if (reason instanceof DeadlineReached)
    return new Failure({ class: "wait", code: "deadline", what: reason.message, object });
  return toFailure(reason, object);
}

/**
 * Extends every table that is to be to the datanodes it lacks, one at a time, each in a transaction of its own. Level-triggered: what does not lie on all datanodes is the to-do
 * list, nothing is remembered, so it can be stopped or killed at any moment and run again.
 */
export async function rebalance(
  topology: Topology,
  ports: Ports,
  request: RebalanceRequest,
  watcher: RebalanceWatcher,
): Promise<RebalanceResult> {
  const taken = await ports.mover.take("antdb rebalance", { signal: request.stop });
  const nothing = { moved: 0, rows: 0, bytes: 0, stuck: [], leftAlone: [], leftOut: [] };
  if ("held" in taken) return { ...nothing, end: "held", by: taken.held };
  const { token } = taken;
  const signal = AbortSignal.any([request.stop, token.stop, token.lost]);
  const totals = { moved: 0, rows: 0, bytes: 0 };
  const run: Run = {
    ...{ topology, ports, request, watcher, signal, totals },
    ...{ tries: new Map(), stuck: new Map(), inHand: undefined, last: undefined, begun: false },
  };
  try {
    if (request.ontoDrained) await ports.mover.noteDrained([], signal);
    const end = await rounds(run);
    return { ...totalsOf(run), ...end };
  } catch (error) {
    if (!signal.aborted) throw error;
    const rest = await restOf(run);
    if (token.stop.aborted) return { ...totalsOf(run), end: "stopped", ...rest };
    const why = cutBy(token.lost.aborted ? undefined : request.stop.reason);
    return { ...totalsOf(run), end: "cut", why, ...rest };
  } finally {
    await token.release();
  }
}
