import { Failure } from "../model/failure.ts";
import type { Topology } from "../model/topology.ts";
import { observeAndPlan } from "./observe.ts";
import type { RunPorts } from "./ports.ts";
import { refusal, waitTrouble } from "./trouble.ts";

/** A Job keeps fifteen seconds of its time back for its last words. */
const lookMs = 6000;

/**
 * Who never came to act has still looked: that another run held the lease is no cause, what that run may wait for is. Never throws.
 * @returns the same failure where there is nothing to add
 */
export async function withWhatIsSeen(
  topology: Topology,
  ports: RunPorts,
  failure: Failure,
  stop: AbortSignal,
): Promise<Failure> {
  if (failure.facts.code !== "lease-held") return failure;
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(lookMs)]);
    const { plan } = await observeAndPlan(topology, ports, signal);
    const trouble = refusal(plan) ?? waitTrouble(plan);
    if (trouble === undefined) return failure;
    const { object, what, remedy } = trouble.facts;
    return new Failure(
      {
        ...failure.facts,
        what: `${failure.facts.what}; what it may wait for: ${object}: ${what}`,
        ...(remedy === undefined ? {} : { remedy }),
      },
      { cause: failure },
    );
  } catch {
    return failure;
  }
}
