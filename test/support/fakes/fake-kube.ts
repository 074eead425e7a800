import { Failure } from "../../../hooks/model/failure.ts";
import type { PodFact } from "../../../hooks/model/snapshot.ts";
import { parseKept, renderKept } from "../../../hooks/adapters/kube/catalog-keeper.ts";
import type { CatalogKeeper } from "../../../hooks/ports/catalog-keeper.ts";
import type { Hold, Kube, PodSets, WriterLease } from "../../../hooks/ports/kube.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** What the program gives a request to the API. */
const within = (signal: AbortSignal): { timeoutMs: number; signal: AbortSignal } => ({
  timeoutMs: 10_000,
  signal,
});

export function makeFakeKube(world: World, process: Process): Kube {
  return {
    listPods: (signal) =>
      process.reads(async () => {
        await world.clock.sleep(5, signal);
        return [...world.pods.values()].map((pod): PodFact => ({
          name: pod.name,
          role: pod.role,
          uid: pod.uid,
          hostName: pod.hostName,
          ready: pod.ready,
          terminating: pod.terminating,
          ...(pod.ip === undefined ? {} : { ip: pod.ip }),
          ...(pod.trouble === undefined ? {} : { trouble: pod.trouble }),
          ...(pod.state === undefined ? {} : { state: pod.state }),
        }));
      }),
    labelPod: ({ name, uid }, state, signal) =>
      process.changesWorld(`label ${name} ${state ?? "-"}`, within(signal), async (how) => {
        await world.clock.sleep(10, how === undefined ? signal : undefined);
        const pod = world.pods.get(name);
        if (pod?.uid !== uid)
          throw new Failure({ class: "retry", code: "api-conflict", what: "another uid", object: name });
        if (state === undefined) delete pod.state;
        else pod.state = state;
      }),
  };
}

/** The note on the Lease about nodes a guard took out. */
export function makeFakeHold(world: World, process: Process): Hold {
  return {
    read: (signal) =>
      process.reads(async () => {
        await world.clock.sleep(5, signal);
        return world.held.untilMs > world.clock.nowMs() ? world.held.nodes : [];
      }),
    write: (nodes, forMs, signal) =>
      process.changesWorld(`hold ${nodes.join(" ")}`, within(signal), async (how) => {
        await world.clock.sleep(10, how === undefined ? signal : undefined);
        world.held = { nodes, untilMs: world.clock.nowMs() + forMs };
      }),
  };
}

/** The Secret with a copy of the manager's catalog; what is written is text, as there. */
export function makeFakeKeeper(world: World, process: Process): CatalogKeeper {
  return {
    read: (signal) =>
      process.reads(async () => {
        await world.clock.sleep(5, signal);
        return world.keptText === "" ? { state: "empty" } : parseKept(world.keptText);
      }),
    write: (catalog, signal) =>
      process.changesWorld("keep the catalog", within(signal), async (how) => {
        await world.clock.sleep(10, how === undefined ? signal : undefined);
        world.keptText = renderKept(catalog);
      }),
    forget: (signal) =>
      process.changesWorld("forget the catalog", within(signal), async (how) => {
        await world.clock.sleep(10, how === undefined ? signal : undefined);
        world.keptText = "";
      }),
  };
}

export const makeFakePodSets = (world: World): PodSets => ({
  list: () => Promise.resolve([...world.sets].map(([name, replicas]) => ({ name, replicas }))),
});

const durationMs = 15_000;
const renewMs = 5000;

/** A Lease that is renewed while its holder lives and taken over only when it has run out. */
export function makeFakeLease(world: World, process: Process, writer = world.writer): WriterLease {
  const { clock } = world;
  /** Compares and sets in one piece, as a PUT with a resourceVersion does. */
  const take = (): boolean => {
    const { holder, renewedMs } = writer;
    if (holder !== undefined && holder !== process.name && clock.nowMs() < renewedMs + durationMs)
      return false;
    writer.holder = process.name;
    writer.renewedMs = clock.nowMs();
    return true;
  };
  return {
    acquire: async (signal) => {
      while (!(await process.reads(() => Promise.resolve(take())))) await process.clock.sleep(1000, signal);
      const lost = new AbortController();
      const released = new AbortController();
      const renew = async (): Promise<void> => {
        for (;;) {
          await process.clock.sleep(renewMs, released.signal);
          if (writer.holder !== process.name) {
            lost.abort(new Error("the lease was taken by another"));
            return;
          }
          writer.renewedMs = clock.nowMs();
        }
      };
      renew().catch(() => undefined);
      return {
        lost: lost.signal,
        release: () => {
          released.abort(new Error("released"));
          if (writer.holder === process.name) writer.holder = undefined;
          return Promise.resolve();
        },
      };
    },
  };
}
