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
