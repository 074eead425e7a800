import { deadlineIn, DeadlineReached } from "../kit/deadline.ts";
import { Failure, toFailure } from "../model/failure.ts";
import type { RunResult } from "../model/outcome.ts";
import type { Topology } from "../model/topology.ts";
import { converge } from "./converge.ts";
import type { RunPorts } from "./ports.ts";

/** A lost lease stops the run at once: somebody else writes now. What was under way is for the next run to find out. */
const lostLease = (): Failure =>
  new Failure({
    class: "retry",
    code: "lease-lost",
    what: "the writer's lease was lost: another run may be writing",
    object: "lease",
  });

/**
 * One whole run: takes the writer's lease, converges, lets go. Never throws.
 * @param limitMs from now, waiting for the lease included
 * @param stop aborts the run (SIGTERM)
 */
export async function reconcile(
  topology: Topology,
  ports: RunPorts,
  limitMs: number,
  stop: AbortSignal,
): Promise<RunResult> {
  using deadline = deadlineIn(limitMs, ports.clock, stop);
  let held: Awaited<ReturnType<RunPorts["lease"]["acquire"]>>;
  try {
    held = await ports.lease.acquire(deadline.signal);
  } catch (error) {
    return { end: deadline.signal.aborted ? "deadline" : "failed", done: [], failure: leaseFailure(error) };
  }
  try {
    const signal = AbortSignal.any([deadline.signal, held.lost]);
    const result = await converge(topology, ports, { signal, remainingMs: () => deadline.remainingMs() });
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
