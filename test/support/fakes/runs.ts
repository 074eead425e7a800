import { observeAndPlan } from "../../../hooks/loop/observe.ts";
import type { RunPorts } from "../../../hooks/loop/ports.ts";
import { runOnce } from "../../../hooks/loop/reconcile.ts";
import type { Plan } from "../../../hooks/model/action.ts";
import type { RunResult } from "../../../hooks/model/outcome.ts";
import type { Snapshot } from "../../../hooks/model/snapshot.ts";
import type { Topology } from "../../../hooks/model/topology.ts";
import { makeFakeHold, makeFakeKeeper, makeFakeKube, makeFakeLease } from "./fake-kube.ts";
import { makeFakeLog, type CollectedLog } from "./fake-log.ts";
import { makeFakeManagers } from "./fake-manager.ts";
import { makeFakeMover } from "./fake-mover.ts";
import { makeFakePlacement } from "./fake-placement.ts";
import { makeFakeSpreader } from "./fake-spreader.ts";
import { makeFakeNodes } from "./fake-nodes.ts";
import { type Amid, type Cut, type Kill, Process } from "./process.ts";
import type { World } from "./world.ts";

const programVerifier = "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy";

/** One process of the program with everything it may touch. */
export interface Started {
  readonly process: Process;
  readonly ports: RunPorts;
  readonly log: CollectedLog;
}

let started = 0;

export function startProcess(world: World, trouble?: Kill | Amid | Cut): Started {
  started += 1;
  const process = new Process(`run-${started}`, world.clock, trouble);
  const log = makeFakeLog();
  const ports: RunPorts = {
    kube: makeFakeKube(world, process),
    managers: makeFakeManagers(world, process),
    nodes: makeFakeNodes(world, process, programVerifier),
    lease: makeFakeLease(world, process),
    placement: makeFakePlacement(world, process),
    spreader: makeFakeSpreader(world, process),
    mover: makeFakeMover(world, process),
    hold: makeFakeHold(world, process),
    keeper: makeFakeKeeper(world, process),
    log,
    clock: process.clock,
    programVerifier,
  };
  return { process, ports, log };
}

export const limitMs = 270_000;

/** A run to its own end. @param trouble what happens to one of its changes, or in the midst of one */
export async function run(
  world: World,
  topology: Topology,
  trouble?: Cut | Amid,
): Promise<Started & { readonly result: RunResult }> {
  const begun = startProcess(world, trouble);
  const result = await runOnce(topology, begun.ports, { limitMs, stop: new AbortController().signal });
  return { ...begun, result };
}

/** At a change it asks for, in an APPEND, or so long from now. */
export type KillAt = Kill | Amid | { readonly atMs: number };

/** A process that is killed so, unless it comes to its own end before. */
export function startDoomed(world: World, kill: KillAt): Started {
  if (!("atMs" in kill)) return startProcess(world, kill);
  const begun = startProcess(world);
  world.clock.after(kill.atMs, () => begun.process.die());
  return begun;
}

/** A run that is killed on the way; `survived` when it came to its own end before that. */
export async function runKilled(
  world: World,
  topology: Topology,
  kill: KillAt,
): Promise<Started & { readonly survived: boolean }> {
  const begun = startDoomed(world, kill);
  const end = await Promise.race([
    begun.process.killed,
    runOnce(topology, begun.ports, { limitMs, stop: new AbortController().signal }),
  ]);
  return { ...begun, survived: end !== "killed" };
}

/** What the program sees and would do now. */
export function look(world: World, topology: Topology): Promise<{ snapshot: Snapshot; plan: Plan }> {
  return observeAndPlan(topology, startProcess(world).ports, new AbortController().signal);
}
