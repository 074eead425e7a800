import { observeAndPlan } from "../loop/observe.ts";
import { makeStatus, renderStatus } from "../report/status.ts";
import { loadValues } from "./load-values.ts";
import type { Closing, Runtime } from "./runtime.ts";

/** Prints the topology as it is: who is master, who streams, where each pod runs, what differs from the values. */
export async function runStatus(
  runtime: Runtime,
  options: { topology: string; output: "text" | "json" },
): Promise<Closing> {
  const { values, topology } = loadValues(runtime, options.topology);
  const { snapshot, plan } = await observeAndPlan(
    topology,
    runtime.openPorts(values, { quiet: true }),
    runtime.stop,
  );
  const status = makeStatus(topology, snapshot, plan);
  runtime.print(
    options.output === "json" ? `${JSON.stringify(status, undefined, 2)}\n` : renderStatus(status),
  );
  return { exitCode: 0, line: `status: ${status.nodes.length} nodes, ${status.drift.length} to do` };
}
