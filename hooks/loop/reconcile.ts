import { deadlineIn, DeadlineReached } from "../kit/deadline.ts";
import { Failure, toFailure } from "../model/failure.ts";
import type { RunResult } from "../model/outcome.ts";
import type { Topology } from "../model/topology.ts";
import { converge } from "./converge.ts";
import type { RunPorts } from "./ports.ts";
import type { RunManner } from "./run.ts";
import { withWhatIsSeen } from "./seen-meanwhile.ts";

/** A lost lease stops the run at once: somebody else writes now. What was under way is for the next run to find out. */
const lostLease = (): Failure =>
  new Failure({
    class: "retry",
    code: "lease-lost",
    what: "the writer's lease was lost: another run may be writing",
    object: "lease",
  });

/** How long a run may take, and how it is told to end. */
export interface RunLimits extends RunManner {
  /** From now, waiting for the lease included, in milliseconds. */
  readonly limitMs: number;
  /** Aborts the run, and cuts what is under way. */
  readonly stop: AbortSignal;
}

/** One whole run: takes the writer's lease, converges, lets go. Never throws. */
export async function runOnce(topology: Topology, ports: RunPorts, limits: RunLimits): Promise<RunResult> {
  using deadline = deadlineIn(limits.limitMs, ports.clock, limits.stop);
  const patient = AbortSignal.any([deadline.signal, limits.stopping ?? deadline.signal]);
  let held: Awaited<ReturnType<RunPorts["lease"]["acquire"]>>;
  try {
    held = await ports.lease.acquire(patient);
  } catch (error) {
    const failure = await withWhatIsSeen(topology, ports, leaseFailure(error), limits.stop);
    return { end: patient.aborted ? "deadline" : "failed", done: [], failure };
  }
  try {
    const signal = AbortSignal.any([deadline.signal, held.lost]);
    const bounds = { signal, remainingMs: () => deadline.remainingMs() };
    const begun = await limits.onHeld?.().catch((error: unknown) => toFailure(error, "lease"));
    if (begun !== undefined) return { end: "failed", done: [], failure: begun };
    const result = await converge(topology, ports, bounds, limits);
    return held.lost.aborted && result.end !== "converged"
      ? { end: "failed", done: result.done, failure: lostLease() }
      : result;
  } finally {
    await held.release();
  }
}

function leaseFailure(error: unknown): Failure {
  if (!(error instanceof DeadlineReached)) return toFailure(error, "lease");
  return new Failure({
    class: "wait",
    code: "lease-held",
    what: "another run held the writer's lease all the time",
    object: "lease",
  });
}
