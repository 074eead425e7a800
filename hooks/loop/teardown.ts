import { deadlineIn, type Deadline } from "../kit/deadline.ts";
import { isFailure, toFailure, type Failure } from "../model/failure.ts";
import type { Topology } from "../model/topology.ts";
import type { ManagerNode, PodFact } from "../model/snapshot.ts";
import type { Bounds } from "../ports/manager.ts";
import type { RunPorts } from "./ports.ts";

/** What a teardown came to; it is best effort, so trouble is a warning and never stops an uninstall. */
export interface TeardownResult {
  readonly stopped: boolean;
  readonly warning?: Failure;
}

async function stopCluster(topology: Topology, ports: RunPorts, deadline: Deadline): Promise<boolean> {
  const pods = await ports.kube.listPods(deadline.signal);
  const manager = pods.find(({ name }) => name === topology.managerPod);
  if (manager?.ip === undefined || !manager.ready) return false;
  const bounds = { timeoutMs: Math.max(1000, deadline.remainingMs()), signal: deadline.signal };
  await using session = await ports.managers.connect(manager.ip, bounds);
  const { nodes } = await session.readFacts({ sizes: [] }, bounds);
  const running = nodes.filter(({ initialised, host }) => initialised && isThere(topology, pods, host));
  // Coordinators first, so that nobody is in the middle of a statement; the rest together: STOP ALL would take a second and more for each kind.
  const coordinators = running.filter(({ kind }) => kind.startsWith("coordinator"));
  for (const wave of [coordinators, running.filter((node) => !coordinators.includes(node))])
    await stopTogether(wave, manager.ip, ports, bounds);
  return running.length > 0;
}

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

/**
 * Stops every node cleanly so that kept volumes are consistent, within `limitMs`. Nothing is deleted here. A cluster that is half there, or not there
 * at all, is no failure: each pod stops its own postgres when it is told to end.
 */
export async function teardown(
  topology: Topology,
  ports: RunPorts,
  limitMs: number,
  stop: AbortSignal,
): Promise<TeardownResult> {
  using deadline = deadlineIn(limitMs, ports.clock, stop);
  try {
    // A run that is still writing would start again what is stopped here: wait for its lease, but not for ever.
    using patience = deadlineIn(limitMs / 2, ports.clock, deadline.signal);
    const held = await ports.lease.acquire(patience.signal).catch((error: unknown) => {
      if (isFailure(error)) throw error;
      return undefined;
    });
    try {
      return { stopped: await stopCluster(topology, ports, deadline) };
    } finally {
      await held?.release();
    }
  } catch (error) {
    return { stopped: false, warning: toFailure(error, "cluster") };
  }
}
