import { Failure, toFailure } from "../model/failure.ts";
import type { ManagerFacts, NodeFact, PodFact } from "../model/snapshot.ts";
import type { DesiredNode, NodeName, Topology } from "../model/topology.ts";
import type { ManagerConnector } from "../ports/manager.ts";
import { settingsThatMatter } from "./settings.ts";

/** The manager's facts, or why there are none. */
export type ManagerRead = { readonly manager: ManagerFacts } | { readonly managerTrouble: Failure };

const readMs = 5000;
/** Agents are asked one after the other; only those that are there. */
const sizesMs = 20_000;

/** Reads the manager if its pod is there; a session is opened and closed for it. */
export async function readManager(
  topology: Topology,
  pods: ReadonlyMap<string, PodFact>,
  managers: ManagerConnector,
  signal: AbortSignal,
): Promise<ManagerRead> {
  const bounds = { timeoutMs: readMs, signal };
  try {
    await using session = await managers.connect(managerAddress(topology, pods), bounds);
    const settings = settingsThatMatter(topology, undefined);
    return { manager: await session.readFacts({ sizes: [], settings }, bounds) };
  } catch (error) {
    signal.throwIfAborted();
    return { managerTrouble: toFailure(error, "manager") };
  }
}

/** The same facts again, with what is in the directories of these nodes; an agent that does not tell leaves its node out. */
export async function readSizes(
  manager: ManagerFacts,
  sizes: readonly NodeName[],
  managers: ManagerConnector,
  signal: AbortSignal,
): Promise<ManagerFacts> {
  if (sizes.length === 0) return manager;
  const bounds = { timeoutMs: sizesMs, signal };
  try {
    await using session = await managers.connect(manager.address, bounds);
    const { directoryBytes } = await session.readFacts({ sizes, settings: [] }, bounds);
    return { ...manager, directoryBytes };
  } catch {
    signal.throwIfAborted();
    return manager;
  }
}

function managerAddress(topology: Topology, pods: ReadonlyMap<string, PodFact>): string {
  const pod = pods.get(topology.managerPod);
  const wait = (what: string): Failure =>
    new Failure({ class: "wait", code: "manager-away", what, object: `pod ${topology.managerPod}` });
  if (pod === undefined) throw wait("it does not exist");
  if (pod.terminating) throw wait("it is ending, another one comes");
  if (pod.trouble !== undefined) throw wait(pod.trouble.words);
  if (pod.ip === undefined) throw wait("it has no address yet");
  if (!pod.ready) throw wait("it is not ready yet");
  return pod.ip;
}

/** What has been read so far: what tells whether the size of a directory decides anything, and whether its agent can be asked. */
export interface ReadSoFar {
  readonly manager: ManagerFacts;
  readonly pods: ReadonlyMap<string, PodFact>;
  readonly nodes: ReadonlyMap<NodeName, NodeFact>;
}

/** Nodes that may have to be made (never over data) or started (never on an empty volume), as far as the manager would ask the right agent. */
export function sizesThatMatter(
  wanted: readonly DesiredNode[],
  { manager, pods, nodes }: ReadSoFar,
): readonly NodeName[] {
  if (manager.busy) return [];
  const matters = ({ name, pod: podName }: DesiredNode): boolean => {
    const row = manager.nodes.find((candidate) => candidate.name === name);
    const pod = pods.get(podName);
    if (row === undefined || pod?.ready !== true || pod.terminating) return false;
    const address = manager.hosts.find((host) => host.name === row.host)?.address;
    const member = row.initialised && row.inCluster;
    return address === pod.ip && (!member || nodes.get(name)?.state === "down");
  };
  return wanted.filter(matters).map(({ name }) => name);
}
