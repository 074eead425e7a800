import { guard } from "../loop/guard.ts";
import { exitCodeOf } from "../report/exit-code.ts";
import { guardLine, renderGuard } from "../report/guard.ts";
import { loadValues } from "./load-values.ts";
import type { Closing, Runtime } from "./runtime.ts";

/** Before helm changes anything: prints what the release leads to, refuses what would lose data, takes out the nodes whose pods are about to go. */
export async function runGuard(runtime: Runtime, options: { topology: string }): Promise<Closing> {
  const { values, topology } = loadValues(runtime, options.topology);
  const ports = {
    sets: runtime.openPodSets(values),
    openRun: () => runtime.openPorts(values, { quiet: false }),
  };
  const limits = { limitMs: values.deadlines.guardSeconds * 1000, stop: runtime.stop };
  const report = await guard(topology, ports, limits);
  runtime.print(renderGuard(report));
  return { exitCode: exitCodeOf(report.result), line: guardLine(report) };
}
