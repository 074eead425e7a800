import type { RebalancePlan } from "../model/rebalance.ts";
import type { Topology } from "../model/topology.ts";
import { gatherSnapshot } from "../observed/gather.ts";
import { planRebalance, type RebalanceChoice } from "../plan/rebalance.ts";
import { groundOf, type Ground } from "./ground.ts";
import { lookTimeoutMs, type RunPorts } from "./ports.ts";

/** Catalogs of every database, and the size of every table that is to be moved. */
const lookMs = 120_000;

type SurveyPorts = Pick<
  RunPorts,
  "kube" | "managers" | "nodes" | "placement" | "hold" | "keeper" | "spreader" | "mover" | "log" | "clock"
>;

/** What is there, and what is to be done about it. */
export interface Survey {
  readonly ground: Ground;
  readonly plan: RebalancePlan;
}

/** Reads where every table lies, and changes nothing. @throws Failure (wait) when a datanode or all coordinators are missing */
export async function surveyTables(
  topology: Topology,
  ports: SurveyPorts,
  request: { readonly choice: RebalanceChoice; readonly ontoDrained: boolean },
  signal: AbortSignal,
): Promise<Survey> {
  const [snapshot, drained] = await Promise.all([
    gatherSnapshot(topology, ports, { signal, lookTimeoutMs }),
    request.ontoDrained ? [] : ports.mover.readDrained(signal),
  ]);
  const ground = groundOf(topology, snapshot, drained);
  const [coordinator] = ground.coordinators;
  const where = { coordinator, datanodes: ground.datanodes };
  const tables = await ports.spreader.tablesLacking(where, { timeoutMs: lookMs, signal });
  return { ground, plan: planRebalance(tables, request.choice) };
}
