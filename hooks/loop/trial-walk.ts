import type { Deadline } from "../kit/deadline.ts";
import { backoffDelaysMs } from "../kit/backoff.ts";
import { Failure, isFailure } from "../model/failure.ts";
import type { PodFact } from "../model/snapshot.ts";
import type { DesiredNode, Topology } from "../model/topology.ts";
import type { ClientDoor, ClientSession, Endpoint } from "../ports/client.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Bounds } from "../ports/manager.ts";

/** What has been reached so far; it stands also when the next step fails. */
export interface Walk {
  rowsPerNode: ReadonlyMap<string, number>;
  readonly readers: string[];
}

export interface WalkPorts {
  readonly door: ClientDoor;
  readonly log: Log;
  readonly clock: Clock;
  readonly podsNow: () => Promise<ReadonlyMap<string, PodFact>>;
  readonly met: Walk;
}

const statementMs = 20_000;
/** The first login may have to wait for the Service: its endpoints follow the pods' labels by a second or two. */
const patienceMs = 10_000;
/** So many for each pair that no datanode stays without one by chance: e^-32. */
const rowsPerPair = 32;

/** Log in, be refused, write, read everywhere. @throws the first Failure */
export async function walk(
  topology: Topology,
  service: Endpoint,
  ports: WalkPorts,
  deadline: Deadline,
): Promise<void> {
  const { door, met } = ports;
  const count = Math.max(64, rowsPerPair * pairsOf(topology));
  const bounds = (): Bounds => ({
    timeoutMs: Math.max(1, Math.min(statementMs, deadline.remainingMs())),
    signal: deadline.signal,
  });
  const step = <T>(what: string, at: string, work: () => Promise<T>): Promise<T> =>
    timed(ports, { what, at }, work);

  await using session = await step("logged in", service.name, () => enter(service, ports, bounds));
  await step("was refused with a wrong password", service.name, () =>
    door.tryWrongPassword(service, bounds()),
  );
  await step("wrote rows", service.name, () => write(session, count, bounds));
  met.rowsPerNode = await session.rowsPerNode(bounds());
  refuseGaps(topology, met.rowsPerNode, count);
  const pods = await ports.podsNow();
  for (const node of topology.nodes.filter(({ role }) => role === "cn")) {
    await step("read rows", node.name, () => readThrough(node, pods.get(node.pod), { count, door }, bounds));
    met.readers.push(node.name);
  }
}

async function timed<T>(
  { log, clock }: WalkPorts,
  { what, at }: { readonly what: string; readonly at: string },
  work: () => Promise<T>,
): Promise<T> {
  const startedMs = clock.nowMs();
  const result = await work();
  log.write("info", { event: "tried", what, at, durationMs: Math.round(clock.nowMs() - startedMs) });
  return result;
}

async function enter(service: Endpoint, ports: WalkPorts, bounds: () => Bounds): Promise<ClientSession> {
  const { door, clock } = ports;
  const endMs = clock.nowMs() + patienceMs;
  for (const delayMs of backoffDelaysMs(200, 2000)) {
    try {
      return await door.open(service, bounds());
    } catch (error) {
      const early = isFailure(error) && error.facts.class === "wait" && clock.nowMs() + delayMs < endMs;
      if (!early) throw error;
    }
    await clock.sleep(delayMs, bounds().signal);
  }
  throw new Error("unreachable: the delays never end");
}

async function write(session: ClientSession, count: number, bounds: () => Bounds): Promise<void> {
  await session.dropTable(bounds());
  await session.fillTable(count, bounds());
}

const pairsOf = (topology: Topology): number => topology.nodes.filter(({ role }) => role === "dn").length;

/** Each pair holds rows, on whichever of its two is the master now. */
function refuseGaps(topology: Topology, rowsPerNode: ReadonlyMap<string, number>, count: number): void {
  const held = [...rowsPerNode.values()].reduce((sum, rows) => sum + rows, 0);
  const lost = (what: string, object: string): Failure =>
    new Failure({ class: "retry", code: "rows-missing", what, object });
  for (const { name, ordinal } of topology.nodes.filter(({ role }) => role === "dn"))
    if (!rowsPerNode.has(name) && !rowsPerNode.has(`ds_${ordinal}`))
      throw lost(`not one of ${count} rows was put on it or on its standby`, name);
  if (held !== count) throw lost(`wrote ${count} rows and found ${held} on the datanodes`, "datanodes");
}

async function readThrough(
  { name, pod, port }: DesiredNode,
  fact: PodFact | undefined,
  { count, door }: { readonly count: number; readonly door: ClientDoor },
  bounds: () => Bounds,
): Promise<void> {
  if (fact?.ip === undefined)
    throw new Failure({ class: "wait", code: "no-pod", what: `pod ${pod} has no address`, object: name });
  await using session = await door.open({ name, host: fact.ip, port }, bounds());
  if (await session.holds(count, bounds())) return;
  const what = `does not read the ${count} rows that were written through another coordinator`;
  throw new Failure({ class: "retry", code: "rows-missing", what, object: name });
}
