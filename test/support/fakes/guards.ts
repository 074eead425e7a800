import { guard, type GuardReport } from "../../../hooks/loop/guard.ts";
import type { Topology } from "../../../hooks/model/topology.ts";
import { makeFakePodSets } from "./fake-kube.ts";
import type { Cut } from "./process.ts";
import { startDoomed, startProcess, type KillAt, type Started } from "./runs.ts";
import type { World } from "./world.ts";

const limits = { limitMs: 105_000, stop: new AbortController().signal };

/** What helm runs before it changes anything; `killed` when it was killed on the way. */
export async function runGuard(
  world: World,
  topology: Topology,
  trouble?: KillAt | Cut,
): Promise<Started & { readonly report: GuardReport | "killed" }> {
  const begun =
    trouble === undefined || "how" in trouble ? startProcess(world, trouble) : startDoomed(world, trouble);
  const ports = { sets: makeFakePodSets(world), openRun: () => begun.ports };
  const report = await Promise.race([begun.process.killed, guard(topology, ports, limits)]);
  return { ...begun, report };
}

/** One that comes to its own end. */
export async function guarded(world: World, topology: Topology): Promise<GuardReport> {
  const { report } = await runGuard(world, topology);
  if (report === "killed") throw new Error("nobody kills it");
  return report;
}
