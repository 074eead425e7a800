import { deadlineIn, type Deadline } from "../kit/deadline.ts";
import { Failure, isFailure, toFailure } from "../model/failure.ts";
import type { Topology } from "../model/topology.ts";
import type { ManagerNode, PodFact } from "../model/snapshot.ts";
import type { Bounds } from "../ports/manager.ts";
import type { Clock } from "../ports/clock.ts";
import type { WatcherSwitch } from "../ports/kube.ts";
import type { RunPorts } from "./ports.ts";

type Held = Awaited<ReturnType<RunPorts["lease"]["acquire"]>>;

/** What a teardown came to; it is best effort, so trouble is a warning and never stops an uninstall. */
export interface TeardownResult {
  readonly stopped: boolean;
  readonly warning?: Failure;
}

async function stopCluster(topology: Topology, ports: RunPorts, deadline: Deadline): Promise<boolean> {
  const pods = await ports.kube.listPods(deadline.signal);
  const manager = pods.find(({ name }) => name === topology.managerPod);
  if (manager?.ip === undefined || !manager.ready) throw noManager(topology.managerPod);
  const bounds = { timeoutMs: Math.max(1000, deadline.remainingMs()), signal: deadline.signal };
  await using session = await ports.managers.connect(manager.ip, bounds);
  const { nodes } = await session.readFacts({ sizes: [], settings: [] }, bounds);
  const running = nodes.filter(({ initialised, host }) => initialised && isThere(topology, pods, host));
  // Coordinators first, so that nobody is in the middle of a statement; the rest together: STOP ALL would take a second and more for each kind.
  const coordinators = running.filter(({ kind }) => kind.startsWith("coordinator"));
  for (const wave of [coordinators, running.filter((node) => !coordinators.includes(node))])
    await stopTogether(wave, manager.ip, ports, bounds);
  return running.length > 0;
}

const noManager = (pod: string): Failure =>
  new Failure({
    class: "wait",
    code: "manager-away",
    what: "the manager does not run, so nobody can stop the cluster as a whole",
    object: `pod ${pod}`,
  });

const isThere = (topology: Topology, pods: readonly PodFact[], host: string): boolean => {
  const pod = topology.nodes.find(({ name }) => name === host)?.pod;
  return pods.some(({ name, ready, terminating }) => name === pod && ready && !terminating);
};

/** Each in a session of its own; all are tried before the first failure is thrown. */
async function stopTogether(
  nodes: readonly ManagerNode[],
  address: string,
  ports: RunPorts,
  bounds: Bounds,
): Promise<void> {
  const stops = nodes.map(async ({ name, kind }) => {
    await using session = await ports.managers.connect(address, bounds);
    await session.stopNode(name, kind, bounds);
  });
  for (const result of await Promise.allSettled(stops)) if (result.status === "rejected") throw result.reason;
}

/** How long a watcher that was turned off may take to be gone: it lets its last action end, and its host has to notice. */
const farewellMs = 15_000;

/** A watcher that is still there when the lease is free would start again what was stopped. */
async function awaitWatchersEnd(watcher: WatcherSwitch, clock: Clock, deadline: Deadline): Promise<void> {
  using patience = deadlineIn(Math.min(farewellMs, deadline.remainingMs()), clock, deadline.signal);
  try {
    while (await watcher.isUp(patience.signal)) await clock.sleep(200, patience.signal);
  } catch (error) {
    // What was stopped is stopped: a watcher that will not go is the uninstall's to remove.
    if (!patience.signal.aborted) throw error;
  }
}

/** A run that is still writing would start again what is stopped here: wait for its lease, but not for ever. */
async function lockOut(ports: RunPorts, limitMs: number, signal: AbortSignal): Promise<Held | undefined> {
  using patience = deadlineIn(limitMs, ports.clock, signal);
  return await ports.lease.acquire(patience.signal).catch((error: unknown) => {
    if (isFailure(error)) throw error;
    return undefined;
  });
}

/**
 * Stops every node cleanly so that kept volumes are consistent, within `limitMs`: first the watcher, which would start them again. Nothing is deleted here. A
 * cluster that is half there, or not there at all, is no failure: each pod stops its own postgres when it is told to end.
 */
export async function teardown(
  topology: Topology,
  ports: RunPorts & { readonly watcher?: WatcherSwitch },
  limitMs: number,
  stop: AbortSignal,
): Promise<TeardownResult> {
  using deadline = deadlineIn(limitMs, ports.clock, stop);
  try {
    const { watcher } = ports;
    // Best effort, like all of it: the lease still keeps a watcher out that could not be turned off.
    const trouble = await watcher
      ?.turnOff(deadline.signal)
      .then(nothing, (error: unknown) => toFailure(error, "watcher"));
    const held = await lockOut(ports, limitMs / 2, deadline.signal);
    try {
      const stopped = await stopCluster(topology, ports, deadline);
      if (watcher !== undefined && trouble === undefined)
        await awaitWatchersEnd(watcher, ports.clock, deadline);
      return { stopped, ...(trouble === undefined ? {} : { warning: trouble }) };
    } finally {
      await held?.release();
    }
  } catch (error) {
    return { stopped: false, warning: toFailure(error, "cluster") };
  }
}

const nothing = (): undefined => undefined;
