import { drain } from "../loop/drain.ts";
import { drainFailed, drainHead, drainLine, drainMoved } from "../report/drain.ts";
import { loadValues } from "./load-values.ts";
import type { Closing, Runtime } from "./runtime.ts";

/** Moves every table off a datanode, so that its pair can be taken out. Run by hand; run again it goes on where it stopped. */
export async function runDrain(
  runtime: Runtime,
  options: { topology: string; node: string },
): Promise<Closing> {
  const { values, topology } = loadValues(runtime, options.topology);
  const ports = runtime.openPorts(values, { quiet: true });
  const request = { node: options.node, stop: runtime.stop };
  const result = await drain(topology, ports, request, {
    begin: (datanode, tables) => runtime.print(drainHead(datanode, tables)),
    moved: (step, rows, durationMs) => runtime.print(drainMoved(step, rows, durationMs)),
    failed: (step, failure) => runtime.print(drainFailed(step, failure)),
  });
  return { exitCode: result.stuck.length === 0 ? 0 : 2, line: drainLine(result) };
}
