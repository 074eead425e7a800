import { deadlineIn, type Deadline } from "../kit/deadline.ts";
import { Failure, isFailure, toFailure } from "../model/failure.ts";
import type { PodFact } from "../model/snapshot.ts";
import type { NodeName, Topology } from "../model/topology.ts";
import type { Knock, Trial } from "../model/trial.ts";
import { knockAtNodes } from "../observed/knock.ts";
import type { ClientDoor, ClientSession, Endpoint } from "../ports/client.ts";
import type { Clock } from "../ports/clock.ts";
import type { Kube } from "../ports/kube.ts";
import type { Log } from "../ports/log.ts";
import type { Bounds } from "../ports/manager.ts";
import { findCulprits } from "../report/culprits.ts";
import { walk, type Walk } from "./trial-walk.ts";

export interface TrialPorts {
  readonly kube: Pick<Kube, "listPods">;
  readonly door: ClientDoor;
  readonly log: Log;
  readonly clock: Clock;
}

/** Of the whole limit: for finding out who is to blame, and for taking the table away. */
const reserveMs = 15_000;
const knockMs = 3000;
const tidyMs = 6000;

type Pods = ReadonlyMap<string, PodFact>;

/**
 * The release as a client has it: writes and reads rows on every datanode and through every coordinator, and is refused with a wrong password. When that fails, or a
 * pod is not well, it finds out whose fault it is. Leaves nothing behind; what a killed run left, the next one removes. Never throws.
 * @param limitMs from now, everything included
 */
export async function runTrial(
  topology: Topology,
  service: Endpoint,
  ports: TrialPorts,
  limits: { readonly limitMs: number; readonly stop: AbortSignal },
): Promise<Trial> {
  using whole = deadlineIn(limits.limitMs, ports.clock, limits.stop);
  const met: Walk = { rowsPerNode: new Map(), readers: [] };
  let failure = await attempt(service.name, async () => {
    using deadline = deadlineIn(Math.max(1, limits.limitMs - reserveMs), ports.clock, whole.signal);
    const podsNow = (): Promise<Pods> => readPods(ports, deadline.signal);
    await walk(topology, service, { ...ports, podsNow, met }, deadline).catch((error: unknown) => {
      throw deadline.remainingMs() > 0 ? error : late(error, service.name);
    });
  });
  failure ??= await attempt(service.name, () => tidy(service, ports.door, bounded(whole, tidyMs)));
  const culprits = await findBlame(topology, ports, failure, whole).catch(() => []);
  if (failure !== undefined) await tidy(service, ports.door, bounded(whole, tidyMs)).catch(() => undefined);
  return { service: service.name, ...met, culprits, ...(failure === undefined ? {} : { failure }) };
}

function late(error: unknown, object: string): Failure {
  const { what } = toFailure(error, object).facts;
  return new Failure(
    { class: "wait", code: "deadline", what: `not finished in time: ${what}`, object },
    { cause: error },
  );
}

async function attempt(object: string, work: () => Promise<void>): Promise<Failure | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return isFailure(error) ? error : toFailure(error, object);
  }
}

async function readPods({ kube }: TrialPorts, signal: AbortSignal): Promise<Pods> {
  return new Map((await kube.listPods(signal)).map((pod) => [pod.name, pod]));
}

/** Knocks only when something failed: a healthy release needs no second opinion. */
async function findBlame(
  topology: Topology,
  ports: TrialPorts,
  failure: Failure | undefined,
  whole: Deadline,
): Promise<Trial["culprits"]> {
  const pods = await readPods(ports, whole.signal);
  const knocks: ReadonlyMap<NodeName, Knock> =
    failure === undefined
      ? new Map()
      : await knockAtNodes(topology, pods, ports.door, bounded(whole, knockMs));
  return findCulprits(topology, {
    pods,
    knocks,
    ...(failure === undefined ? {} : { said: failure.facts.what }),
  });
}

async function tidy(service: Endpoint, door: ClientDoor, bounds: Bounds): Promise<void> {
  await using session: ClientSession = await door.open(service, bounds);
  await session.dropTable(bounds);
}

const bounded = (deadline: Deadline, mostMs: number): Bounds => ({
  timeoutMs: Math.max(1, Math.min(mostMs, deadline.remainingMs())),
  signal: deadline.signal,
});
