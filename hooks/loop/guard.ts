import { deadlineIn } from "../kit/deadline.ts";
import type { LeftAlone, Plan } from "../model/action.ts";
import { toFailure, type Failure } from "../model/failure.ts";
import { leavingNodes } from "../model/leaving.ts";
import type { RunResult } from "../model/outcome.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Topology } from "../model/topology.ts";
import { makeDeparturePlan, makePlan } from "../plan/plan.ts";
import { doomedVolumes, strayedSets, surplusNodes } from "../plan/surplus.ts";
import type { PodSets } from "../ports/kube.ts";
import { gatherSnapshot } from "../observed/gather.ts";
import { lookTimeoutMs, type RunPorts } from "./ports.ts";
import { runOnce } from "./reconcile.ts";
import { refusal } from "./trouble.ts";

/** From the end of the guard until helm has applied what it asked for, and the watcher of before is gone: seconds, if nothing is wrong. */
const holdMs = 180_000;

export interface GuardPorts {
  readonly sets: PodSets;
  /** Opened only when the cluster has to be looked at. @throws Failure when there are no credentials */
  openRun(): RunPorts;
}

/** What the guard found, for people, and how it ended. */
export interface GuardReport {
  readonly result: RunResult;
  /** Nodes whose pods go when helm goes on. */
  readonly leaving: readonly string[];
  /** Each reason why it refuses; the first is the result's failure. */
  readonly barred?: readonly LeftAlone[];
  /** What reconcile will have to do, were the cluster as it is now; absent when nobody could look. */
  readonly plan?: Plan;
  /** Why nobody could look, where nothing depends on it. */
  readonly unseen?: Failure;
}

export interface GuardLimits {
  readonly limitMs: number;
  readonly stop: AbortSignal;
}

/**
 * Before an upgrade or a rollback touches anything: says where it leads, refuses what would lose data, and takes the nodes out whose pods are about to go. An
 * upgrade that takes no pod away is let through whatever state the cluster is in: it may be the one that repairs it.
 */
export async function guard(
  topology: Topology,
  ports: GuardPorts,
  limits: GuardLimits,
): Promise<GuardReport> {
  const sets = await ports.sets.list(limits.stop);
  const [strayed] = strayedSets(topology, sets);
  const surplus = surplusNodes(topology, sets);
  if (strayed !== undefined) return { result: refused(strayed), leaving: surplus };
  let run: RunPorts;
  try {
    run = ports.openRun();
  } catch (error) {
    const unseen = toFailure(error, "credentials");
    const result =
      surplus.length === 0 ? untouched : { ...untouched, end: "refused" as const, failure: unseen };
    return { result, leaving: surplus, unseen };
  }
  return look(topology, run, surplus, limits);
}

const untouched = { end: "converged", done: [] } as const;

function refused(entry: LeftAlone): RunResult {
  const failure = refusal({ stages: [], leftAlone: [entry] }) as Failure;
  return { end: "refused", done: [], failure };
}

async function look(
  topology: Topology,
  ports: RunPorts,
  surplus: readonly string[],
  limits: GuardLimits,
): Promise<GuardReport> {
  const snapshot = await gatherSnapshot(topology, ports, {
    signal: limits.stop,
    lookTimeoutMs,
    sessions: true,
  });
  const plan = makePlan(topology, { ...snapshot, held: [] });
  const defined = leavingNodes(topology, snapshot.manager?.nodes ?? []).map(({ name }) => name as string);
  const leaving = [...new Set([...surplus, ...defined])].toSorted();
  const unseen = snapshot.managerTrouble === undefined ? {} : { unseen: snapshot.managerTrouble };
  const said = { leaving, plan, ...unseen };
  if (leaving.length === 0)
    return { result: await unlessFailed(untouched, liftHold(ports, snapshot, limits.stop)), ...said };
  const { leftAlone } = makeDeparturePlan(topology, snapshot);
  const barred = [...leftAlone, ...doomedVolumes(topology, snapshot, surplus)].filter(({ blocks }) => blocks);
  if (barred[0] !== undefined) return { result: refused(barred[0]), ...said, barred };
  return { result: await takeOut(topology, ports, leaving, limits), ...said };
}

/** The values want everybody back: a note of an upgrade that did not come about keeps nobody out any longer. */
async function liftHold(ports: RunPorts, { held }: Snapshot, signal: AbortSignal): Promise<undefined> {
  if (held.length > 0) await ports.hold.write([], 0, signal);
}

/** Holds the nodes out from before the first deed, so that nobody brings one back between this and helm's own work. */
async function takeOut(
  topology: Topology,
  ports: RunPorts,
  leaving: readonly string[],
  { limitMs, stop }: GuardLimits,
): Promise<RunResult> {
  using deadline = deadlineIn(limitMs, ports.clock, stop);
  const hold = async (): Promise<undefined> => {
    await ports.hold.write(leaving, holdMs, deadline.signal);
  };
  const result = await runOnce(topology, ports, {
    limitMs,
    stop,
    planner: makeDeparturePlan,
    onHeld: hold,
    withoutProof: true,
  });
  if (result.end === "converged") return await unlessFailed(result, hold());
  // Best effort: the cause of the end is what people have to hear of, and the note's time will be over.
  if (!result.done.some(({ failure }) => failure === undefined))
    await ports.hold.write([], 0, stop).catch(() => undefined);
  return result;
}

/** The result, or the failure of what had to follow it; what was done is told either way. */
async function unlessFailed(result: RunResult, last: Promise<undefined>): Promise<RunResult> {
  try {
    await last;
    return result;
  } catch (error) {
    return { end: "failed", done: result.done, failure: toFailure(error, "lease") };
  }
}
