import { runTrial } from "../loop/trial.ts";
import { trialExitCode, trialLine } from "../report/trial-line.ts";
import { loadValues } from "./load-values.ts";
import type { Closing, Runtime } from "./runtime.ts";

/** What `helm test` runs: the release as its clients have it. Changes nothing that stays. */
export async function runTest(
  runtime: Runtime,
  options: { topology: string; host: string; port: number; deadline: number },
): Promise<Closing> {
  const { values, topology } = loadValues(runtime, options.topology);
  const ports = runtime.openTrialPorts(values);
  const limitMs = options.deadline * 1000;
  const { host, port } = options;
  ports.log.write("info", {
    event: "run-started",
    command: "test",
    version: runtime.version,
    deadlineMs: limitMs,
  });
  const startedMs = ports.clock.nowMs();
  const service = { name: `Service ${host}`, host, port };
  const trial = await runTrial(topology, service, ports, { limitMs, stop: runtime.stop });
  const exitCode = trialExitCode(trial);
  const line = trialLine(trial, topology.release, values.watcher);
  const durationMs = Math.round(ports.clock.nowMs() - startedMs);
  const end = exitCode === 0 ? "passed" : "failed";
  ports.log.write(exitCode === 0 ? "info" : "error", { event: "run-ended", end, exitCode, durationMs, line });
  return { exitCode, line };
}
