import { runOnce } from "../loop/reconcile.ts";
import { closingLine } from "../report/closing-line.ts";
import { exitCodeOf } from "../report/exit-code.ts";
import { pauseOrRing, Rings } from "../loop/rings.ts";
import { timeInJob } from "./job-time.ts";
import { loadValues } from "./load-values.ts";
import type { Closing, Runtime } from "./runtime.ts";

/** Brings the cluster to what the values ask for; run again it has nothing to do and says so. */
export async function runReconcile(runtime: Runtime, options: { topology: string }): Promise<Closing> {
  const { values, topology } = loadValues(runtime, options.topology);
  const ports = runtime.openPorts(values, { quiet: false });
  const key = "jobs.reconcile.activeDeadlineSeconds";
  const { limitMs, excuse } = await timeInJob(runtime, values, values.deadlines.reconcileSeconds, key);
  ports.log.write("info", {
    event: "run-started",
    command: "reconcile",
    version: runtime.version,
    deadlineMs: limitMs,
  });
  const startedMs = ports.clock.nowMs();
  // A pod that gets its address or becomes ready ends a wait for it.
  const rings = new Rings();
  const over = new AbortController();
  const { bell } = runtime.openWatchPorts(values);
  void bell.listen(() => rings.ring(), AbortSignal.any([runtime.stop, over.signal]));
  const result = await runOnce(topology, ports, {
    limitMs,
    stop: runtime.stop,
    pause: (ms, signal) => pauseOrRing(ports.clock, rings, ms, signal),
  });
  over.abort();
  const exitCode = exitCodeOf(result, runtime.stop.aborted);
  const line = closingLine("reconcile", result, topology.release) + excuse(result);
  const durationMs = Math.round(ports.clock.nowMs() - startedMs);
  ports.log.write(exitCode === 0 ? "info" : "error", {
    event: "run-ended",
    end: result.end,
    exitCode,
    durationMs,
    line,
  });
  return { exitCode, line };
}
