import { observeAndPlan } from "../loop/observe.ts";
import type { RunPorts } from "../loop/ports.ts";
import { surveyTables } from "../loop/survey-tables.ts";
import type { Topology } from "../model/topology.ts";
import { spreadLine } from "../report/rebalance.ts";
import { makeStatus, renderStatus } from "../report/status.ts";
import { loadValues } from "./load-values.ts";
import type { Closing, Runtime } from "./runtime.ts";

/** Prints the topology as it is: who is master, who streams, where each pod runs, what differs from the values. */
export async function runStatus(
  runtime: Runtime,
  options: { topology: string; output: "text" | "json" },
): Promise<Closing> {
  const { values, topology } = loadValues(runtime, options.topology);
  const ports = runtime.openPorts(values, { quiet: true });
  const { snapshot, plan } = await observeAndPlan(topology, ports, runtime.stop);
  const status = makeStatus(topology, snapshot, plan, await spreadOf(topology, ports, runtime.stop));
  runtime.print(
    options.output === "json" ? `${JSON.stringify(status, undefined, 2)}\n` : renderStatus(status),
  );
  return { exitCode: 0, line: `status: ${status.nodes.length} nodes, ${status.drift.length} to do` };
}

const spreadMs = 10_000;

/** Tables that do not lie on every datanode, in one line; none when that can't be read: what cannot, the status says itself. */
async function spreadOf(topology: Topology, ports: RunPorts, stop: AbortSignal): Promise<string | undefined> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(spreadMs)]);
  const request = { choice: { mode: "tables", order: "smallest" }, ontoDrained: false } as const;
  const survey = await surveyTables(topology, ports, request, signal).catch(() => undefined);
  return survey === undefined ? undefined : spreadLine(survey.plan, survey.ground.datanodes.length);
}
