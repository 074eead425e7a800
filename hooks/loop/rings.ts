import type { Clock } from "../ports/clock.ts";

/** The bell as the loop hears it: any number of rings is one. */
export class Rings {
  #rung = false;
  #hear: () => void = () => undefined;

  ring(): void {
    this.#rung = true;
    this.#hear();
  }

  /** Resolves at the first ring since the last time, or when `signal` aborts. */
  async heard(signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const hear = (): void => resolve(undefined);
      this.#hear = hear;
      signal.addEventListener("abort", hear, { once: true });
      await promise;
      signal.removeEventListener("abort", hear);
    }
  }

  get rung(): boolean {
    return this.#rung;
  }

  /** What has rung so far is taken notice of. */
  silence(): void {
    this.#rung = false;
  }
}

/** A pod's way up is many changes of its status within moments: one reading is made of them. */
const debounceMs = 100;

/** The pause between two readings of one pass: over soon after the bell rings, and what has rung is taken notice of by the reading that follows. */
export async function pauseOrRing(clock: Clock, rings: Rings, ms: number, stop: AbortSignal): Promise<void> {
  const deafMs = Math.min(debounceMs, ms);
  await clock.sleep(deafMs, stop).catch(() => undefined);
  if (ms > deafMs) await sleepOrRing(clock, rings, ms - deafMs, stop);
  rings.silence();
}

/** Sleeps for `ms`, or until the bell rings; aborted, it just returns. */
export async function sleepOrRing(clock: Clock, rings: Rings, ms: number, stop: AbortSignal): Promise<void> {
  const awake = new AbortController();
  const either = AbortSignal.any([stop, awake.signal]);
  try {
    await Promise.race([clock.sleep(ms, either).catch(() => undefined), rings.heard(either)]);
  } finally {
    awake.abort();
  }
}
