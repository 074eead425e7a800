import type { Bounds } from "../../ports/manager.ts";

/** Shares one time allowance among several statements: each gets what is left of it. */
export class TimeBox {
  readonly #endMs: number;
  readonly #signal: AbortSignal;

  constructor(bounds: Bounds) {
    this.#endMs = performance.now() + bounds.timeoutMs;
    this.#signal = bounds.signal;
  }

  /** @param mostMs a share of it at most */
  left(mostMs: number = Infinity): Bounds {
    const timeoutMs = Math.max(1, Math.round(Math.min(mostMs, this.#endMs - performance.now())));
    return { timeoutMs, signal: this.#signal };
  }
}
