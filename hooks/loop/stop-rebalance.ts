import type { Topology } from "../model/topology.ts";
import type { StopResult } from "../model/rebalance.ts";
import { coordinatorsOf } from "./ground.ts";
import { gatherSnapshot } from "../observed/gather.ts";
import { lookTimeoutMs, type RunPorts } from "./ports.ts";

const lookMs = 30_000;

/**
 * Ends whoever moves tables, wherever that runs, and waits until it has: it rolls the table in hand back. One that was killed is waited out (its token expires), and what it
 * left running on the coordinators is ended.
 */
export async function stopRebalance(
  topology: Topology,
  ports: Pick<
    RunPorts,
    "kube" | "managers" | "nodes" | "placement" | "hold" | "keeper" | "spreader" | "mover" | "log" | "clock"
  >,
  signal: AbortSignal,
): Promise<StopResult> {
  const asked = await ports.mover.askToStop(signal);
  const taken = await ports.mover.take("antdb rebalance --stop", { signal, patient: true });
  if ("held" in taken) return { asked: taken.held, orphans: 0 };
  try {
    const snapshot = await gatherSnapshot(topology, ports, { signal, lookTimeoutMs });
    const coordinators = coordinatorsOf(topology, snapshot);
    const bounds = { timeoutMs: lookMs, signal };
    const ended = await Promise.all(coordinators.map((node) => ports.spreader.endOrphans(node, bounds)));
    const orphans = ended.reduce((sum, count) => sum + count, 0);
    return { ...(asked === undefined ? {} : { asked }), orphans };
  } finally {
    await taken.token.release();
  }
}
