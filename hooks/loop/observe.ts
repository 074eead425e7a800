import type { Plan } from "../model/action.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Topology } from "../model/topology.ts";
import { gatherSnapshot, type GatherOptions } from "../observed/gather.ts";
import { makePlan } from "../plan/plan.ts";
import { lookTimeoutMs, type RunPorts } from "./ports.ts";

interface ObserveOptions extends Pick<GatherOptions, "sessions"> {
  /** What decides what to do; everything, when nothing else is said. */
  readonly planner?: typeof makePlan | undefined;
}

/** Rooms 3 and 4: reads the whole world and decides. Changes nothing. */
export async function observeAndPlan(
  topology: Topology,
  ports: RunPorts,
  signal: AbortSignal,
  { planner = makePlan, sessions = false }: ObserveOptions = {},
): Promise<{ snapshot: Snapshot; plan: Plan }> {
  const startedMs = ports.clock.nowMs();
  const snapshot = await gatherSnapshot(topology, ports, { sessions, signal, lookTimeoutMs });
  ports.log.write("info", {
    event: "observed",
    durationMs: Math.round(ports.clock.nowMs() - startedMs),
    pods: snapshot.pods.size,
    nodesUp: [...snapshot.nodes.values()].filter((fact) => fact.state === "up").length,
    members: snapshot.manager?.nodes.filter((node) => node.inCluster).length ?? 0,
  });
  const plan = planner(topology, snapshot);
  ports.log.write("info", {
    event: "planned",
    stage: plan.stages[0]?.name ?? "nothing to do",
    steps: plan.stages[0]?.steps.length ?? 0,
    leftAlone: plan.leftAlone.length,
  });
  return { snapshot, plan };
}
