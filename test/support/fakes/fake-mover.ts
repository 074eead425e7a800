import type { Mover } from "../../../hooks/ports/kube.ts";
import { makeFakeLease } from "./fake-kube.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

const pollMs = 500;

/** The mover's Lease: one at a time, who is told to stop by a note, and the note of what was drained. */
export function makeFakeMover(world: World, process: Process): Mover {
  const { mover, clock } = world;
  const lease = makeFakeLease(world, process, mover);
  /** Aborts once the present holder, if it is another, is seen to renew. */
  const watchHolder = (): { alive: AbortSignal; end: () => void } => {
    const alive = new AbortController();
    const done = new AbortController();
    const { holder, renewedMs } = mover;
    const look = async (): Promise<void> => {
      while (mover.holder === undefined || mover.holder !== holder || mover.renewedMs === renewedMs)
        await clock.sleep(pollMs, done.signal);
      alive.abort();
    };
    if (holder !== undefined) look().catch(() => undefined);
    return { alive: alive.signal, end: () => done.abort() };
  };
  return {
    take: async (doing, { signal, patient }) => {
      const { alive, end } = watchHolder();
      try {
        const held = await lease.acquire(patient === true ? signal : AbortSignal.any([signal, alive]));
        mover.doing = doing;
        const stop = new AbortController();
        const released = new AbortController();
        const listen = async (): Promise<void> => {
          while (mover.stop !== process.name) await process.clock.sleep(pollMs, released.signal);
          stop.abort();
        };
        listen().catch(() => undefined);
        const release = (): Promise<void> => {
          released.abort();
          return held.release();
        };
        return { token: { lost: held.lost, stop: stop.signal, release } };
      } catch (error) {
        if (!alive.aborted || mover.holder === undefined) throw error;
        return { held: { by: mover.holder, doing: mover.doing } };
      } finally {
        end();
      }
    },
    askToStop: () =>
      process.reads(() => {
        const { holder, doing } = mover;
        if (holder === undefined) return Promise.resolve(undefined);
        mover.stop = holder;
        return Promise.resolve({ by: holder, doing });
      }),
    readDrained: () => process.reads(() => Promise.resolve(mover.drained)),
    noteDrained: (drained, signal) =>
      process.changesWorld("note what is drained", { timeoutMs: 10_000, signal }, () => {
        mover.drained = drained;
        return Promise.resolve();
      }),
  };
}
