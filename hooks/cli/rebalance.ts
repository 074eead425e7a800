import { deadlineIn } from "../kit/deadline.ts";
import { rebalance, type RebalanceWatcher } from "../loop/rebalance.ts";
import { surveyTables } from "../loop/survey-tables.ts";
import { stopRebalance } from "../loop/stop-rebalance.ts";
import type { RunPorts } from "../loop/ports.ts";
import type { Topology } from "../model/topology.ts";
import type { RebalanceChoice } from "../plan/rebalance.ts";
import { planJson, resultJson } from "../report/rebalance-json.ts";
import {
  rebalanceExitCode,
  rebalanceFailed,
  rebalanceHead,
  rebalanceLine,
  rebalanceMoved,
  rebalanceMoving,
  rebalanceOrphans,
  rebalanceStill,
  rebalanceWaiting,
  rebalanceWould,
  rebalanceWouldLine,
  stopLine,
} from "../report/rebalance.ts";
import { loadValues } from "./load-values.ts";
import type { Closing, Runtime } from "./runtime.ts";

/** How long a run by hand waits for what is missing; one with a deadline waits until that. */
const patienceByHandMs = 60_000;
const stopMs = 120_000;

export interface RebalanceOptions extends RebalanceChoice {
  readonly topology: string;
  readonly output: "text" | "json";
  readonly dryRun: boolean;
  readonly stop: boolean;
  readonly ontoDrained: boolean;
  /** In seconds; absent: it may take as long as it takes. */
  readonly deadline?: number | undefined;
}

/** Extends tables to datanodes that joined after they were made; run again it goes on where it stopped. */
export async function runRebalance(runtime: Runtime, options: RebalanceOptions): Promise<Closing> {
  const { values, topology } = loadValues(runtime, options.topology);
  const ports = runtime.openPorts(values, { quiet: true });
  if (options.stop) return stop(runtime, topology, ports);
  return options.dryRun
    ? dryRun(runtime, topology, ports, options)
    : carryOut(runtime, topology, ports, options);
}

async function stop(runtime: Runtime, topology: Topology, ports: RunPorts): Promise<Closing> {
  using deadline = deadlineIn(stopMs, ports.clock, runtime.stop);
  return { exitCode: 0, line: stopLine(await stopRebalance(topology, ports, deadline.signal)) };
}

async function dryRun(
  runtime: Runtime,
  topology: Topology,
  ports: RunPorts,
  options: RebalanceOptions,
): Promise<Closing> {
  const request = { choice: options, ontoDrained: options.ontoDrained };
  const { plan, ground } = await surveyTables(topology, ports, request, runtime.stop);
  runtime.print(
    options.output === "json"
      ? `${JSON.stringify(planJson(plan, ground.leftOut), undefined, 2)}\n`
      : rebalanceHead(plan, ground.leftOut) + rebalanceWould(plan),
  );
  return { exitCode: 0, line: rebalanceWouldLine(plan) };
}

const watcherFor = (runtime: Runtime): RebalanceWatcher => ({
  begin: (plan, { leftOut }) => runtime.print(rebalanceHead(plan, leftOut)),
  moving: (step) => runtime.print(rebalanceMoving(step)),
  still: (step, elapsedMs) => runtime.print(rebalanceStill(step, elapsedMs)),
  moved: (step, rows, durationMs) => runtime.print(rebalanceMoved(step, rows, durationMs)),
  failed: (step, failure, again) => runtime.print(rebalanceFailed(step, failure, again)),
  waiting: (failure) => runtime.print(rebalanceWaiting(failure)),
  endedOrphans: (count) => runtime.print(rebalanceOrphans(count)),
});

const nothing = (): void => undefined;
const deaf: RebalanceWatcher = {
  ...{ begin: nothing, moving: nothing, still: nothing, moved: nothing },
  ...{ failed: nothing, waiting: nothing, endedOrphans: nothing },
};

async function carryOut(
  runtime: Runtime,
  topology: Topology,
  ports: RunPorts,
  options: RebalanceOptions,
): Promise<Closing> {
  const limitMs = options.deadline === undefined ? undefined : options.deadline * 1000;
  using deadline = limitMs === undefined ? undefined : deadlineIn(limitMs, ports.clock, runtime.stop);
  const request = {
    choice: options,
    ontoDrained: options.ontoDrained,
    patienceMs: limitMs ?? patienceByHandMs,
    stop: deadline?.signal ?? runtime.stop,
  };
  const watcher = options.output === "json" ? deaf : watcherFor(runtime);
  const result = await rebalance(topology, ports, request, watcher);
  if (options.output === "json") runtime.print(`${JSON.stringify(resultJson(result), undefined, 2)}\n`);
  return { exitCode: rebalanceExitCode(result), line: rebalanceLine(result) };
}
