import { backoffDelaysMs } from "../kit/backoff.ts";
import type { Deadline } from "../kit/deadline.ts";
import { toFailure, type Failure } from "../model/failure.ts";
import type { RunResult } from "../model/outcome.ts";
import type { Topology } from "../model/topology.ts";
import { onePass, type Pass } from "./one-pass.ts";
import type { RunPorts } from "./ports.ts";
import type { Run, RunManner } from "./run.ts";

/** Pods become ready one by one, and each is worth a look at once: an observation costs some 20 ms. */
const longestPauseMs = 1000;
/** Passes in a row that only failed before the run gives up, after some 20 s, and leaves the rest to the next one. */
const triesInARow = 8;
const longestPauseAfterFailureMs = 5000;

/** What has gone on since the last pass that brought anything. */
interface Lull {
  readonly pauses: Readonly<Record<"waiting" | "failed", Generator<number, never>>>;
  fruitless: number;
  waitingSinceMs: number | undefined;
  trouble: Failure | undefined;
}

const noLull = (): Lull => ({
  pauses: {
    waiting: backoffDelaysMs(200, longestPauseMs),
    failed: backoffDelaysMs(200, longestPauseAfterFailureMs),
  },
  fruitless: 0,
  waitingSinceMs: undefined,
  trouble: undefined,
});

function beginRun(topology: Topology, ports: RunPorts, deadline: Deadline, manner: RunManner): Run {
  const stopping = manner.stopping ?? deadline.signal;
  return {
    topology,
    ports,
    deadline,
    manner,
    stopping,
    done: [],
    stubborn: new Set(),
    gentle: { refusals: 0, givenUp: false },
  };
}

/** The end of the run, if a pass that brought nothing is one. */
function endOf(run: Run, lull: Lull, trouble: Failure): RunResult | undefined {
  const { done, deadline, stopping, manner } = run;
  if (deadline.signal.aborted || stopping.aborted) return { end: "deadline", done, failure: trouble };
  if (trouble.facts.class === "terminal") return { end: "refused", done, failure: trouble };
  if (lull.fruitless >= (manner.fruitlessLimit ?? triesInARow) || trouble.facts.class === "bug")
    return { end: "failed", done, failure: trouble };
  const { waitingSinceMs } = lull;
  if (waitingSinceMs === undefined || manner.waitMs === undefined) return undefined;
  return run.ports.clock.nowMs() - waitingSinceMs >= manner.waitMs
    ? { end: "waiting", done, failure: trouble }
    : undefined;
}

/** What failed may have rung the bell itself: only while something is waited for does the bell end a pause. */
function pauseOf({ manner, ports }: Run, failed: boolean): NonNullable<RunManner["pause"]> {
  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    ports.clock.sleep(ms, signal).catch(() => undefined);
  return failed ? sleep : (manner.pause ?? sleep);
}

/**
 * Reads, decides, acts and reads again until nothing is left to do, somebody has to decide, or time is up.
 * Level-triggered: nothing is remembered from pass to pass but what to report.
 */
export async function converge(
  topology: Topology,
  ports: RunPorts,
  deadline: Deadline,
  manner: RunManner = {},
): Promise<RunResult> {
  const run = beginRun(topology, ports, deadline, manner);
  const { stopping } = run;
  let lull = noLull();
  const startedMs = ports.clock.nowMs();
  for (;;) {
    const pass = await onePass(run).catch((error: unknown): Pass => {
      const interrupted = deadline.signal.aborted || stopping.aborted;
      // That time is up is no cause: what it was spent on is.
      const trouble = (interrupted ? lull.trouble : undefined) ?? toFailure(error, "cluster");
      return { next: "later", trouble, failed: true };
    });
    if (pass.next === "end") return pass.result;
    if (pass.next === "again") {
      lull = noLull();
      continue;
    }
    const { trouble } = pass;
    lull.trouble = trouble;
    if (pass.failed) lull.fruitless += 1;
    lull.waitingSinceMs = pass.failed ? undefined : (lull.waitingSinceMs ?? ports.clock.nowMs());
    const end = endOf(run, lull, trouble);
    if (end !== undefined) return end;
    const { what, object } = trouble.facts;
    const elapsedMs = Math.round(ports.clock.nowMs() - startedMs);
    ports.log.write("info", { event: "waiting", for: what, object, elapsedMs });
    const pauseMs = lull.pauses[pass.failed ? "failed" : "waiting"].next().value;
    await pauseOf(run, pass.failed)(pauseMs, AbortSignal.any([deadline.signal, stopping]));
  }
}
