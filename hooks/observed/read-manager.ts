import { Failure, toFailure } from "../model/failure.ts";
import type { ManagerFacts, PodFact } from "../model/snapshot.ts";
import type { Topology } from "../model/topology.ts";
import type { ManagerConnector } from "../ports/manager.ts";

export type SizesWanted = "when-needed" | "always";

/** The manager's facts, or why there are none. */
export type ManagerRead = { readonly manager: ManagerFacts } | { readonly managerTrouble: Failure };

const readMs = 5000;
/** Agents are asked one after the other, and one whose address nobody has costs 3 s and more (manager reference §1.4). */
const sizesMs = 60_000;

/** Reads the manager if its pod is there; a session is opened and closed for it. */
export async function readManager(
  topology: Topology,
  pods: ReadonlyMap<string, PodFact>,
  managers: ManagerConnector,
  options: { readonly signal: AbortSignal; readonly sizes: SizesWanted },
): Promise<ManagerRead> {
  const bounds = { timeoutMs: readMs, signal: options.signal };
  try {
    await using session = await managers.connect(managerAddress(topology, pods), bounds);
    const facts = await session.readFacts({ sizes: false }, bounds);
    if (options.sizes === "when-needed" && !sizesMatter(topology, facts)) return { manager: facts };
    return { manager: await session.readFacts({ sizes: true }, { ...bounds, timeoutMs: sizesMs }) };
  } catch (error) {
    options.signal.throwIfAborted();
    return { managerTrouble: toFailure(error, "manager") };
  }
}

function managerAddress(topology: Topology, pods: ReadonlyMap<string, PodFact>): string {
  const pod = pods.get(topology.managerPod);
  const wait = (what: string): Failure =>
    new Failure({ class: "wait", code: "manager-away", what, object: `pod ${topology.managerPod}` });
  if (pod === undefined) throw wait("it does not exist");
  if (pod.trouble !== undefined) throw wait(pod.trouble);
  if (pod.ip === undefined) throw wait("it has no address yet");
  if (!pod.ready) throw wait("it is not ready yet");
  return pod.ip;
}

/**
 * What is in the directories decides only before initialisation and for nodes that are to be appended; once every desired node is a member nobody asks.
 */
function sizesMatter({ nodes }: Topology, manager: ManagerFacts): boolean {
  if (manager.nodes.length === 0) return false;
  return nodes.some(({ name }) =>
    manager.nodes.some((row) => row.name === name && !(row.initialised && row.inCluster)),
  );
}
