import { guard } from "../loop/guard.ts";
import { exitCodeOf } from "../report/exit-code.ts";
import { guardLine, renderGuard } from "../report/guard.ts";
import { runCredentials, type CredentialsOptions } from "./credentials.ts";
import { timeInJob } from "./job-time.ts";
import { loadValues } from "./load-values.ts";
import type { Closing, Runtime } from "./runtime.ts";

export interface GuardOptions {
  readonly topology: string;
  /** What the credentials Job is told at install: at an upgrade this is one pod for both, and so seconds less to wait. */
  readonly credentials?: CredentialsOptions | undefined;
}

/**
 * Before helm changes anything: makes what the Secrets lack, prints what the release leads to, refuses what would lose data, takes out the nodes whose pods
 * are about to go.
 */
export async function runGuard(runtime: Runtime, options: GuardOptions): Promise<Closing> {
  if (options.credentials !== undefined)
    runtime.print(`${(await runCredentials(runtime, options.credentials)).line}\n`);
  const { values, topology } = loadValues(runtime, options.topology);
  const ports = {
    sets: runtime.openPodSets(values),
    openRun: () => runtime.openPorts(values, { quiet: false }),
  };
  const key = "jobs.guard.activeDeadlineSeconds";
  const { limitMs, excuse } = await timeInJob(runtime, values, values.deadlines.guardSeconds, key);
  const report = await guard(topology, ports, { limitMs, stop: runtime.stop });
  runtime.print(renderGuard(report));
  return {
    exitCode: exitCodeOf(report.result, runtime.stop.aborted),
    line: guardLine(report) + excuse(report.result),
  };
}
