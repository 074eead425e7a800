import type { Clock } from "../../../hooks/ports/clock.ts";

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly wake: () => void;
}

/**
 * Time that passes only when everybody waits for it: as soon as nothing else is left to run, it jumps to the next moment somebody sleeps for. Hours take
 * milliseconds, and things that happen side by side keep their order.
 */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();
  #pumping = false;

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const abort = (): void => {
        this.#timers.delete(timer);
        reject(signal?.reason as Error);
      };
      const wake = (): void => {
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      const timer = this.#add(ms, wake);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** Something that happens to the world `ms` from now, whoever is waiting. */
  after(ms: number, event: () => void): void {
    this.#add(ms, event);
  }

  #add(ms: number, wake: () => void): Timer {
    const timer = { dueMs: this.#nowMs + Math.max(0, ms), order: (this.#order += 1), wake };
    this.#timers.add(timer);
    this.#pump();
    return timer;
  }

  #pump(): void {
    if (this.#pumping || this.#timers.size === 0) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      const next = [...this.#timers].reduce<Timer | undefined>(
        (first, timer) =>
          first === undefined ||
          timer.dueMs < first.dueMs ||
          (timer.dueMs === first.dueMs && timer.order < first.order)
            ? timer
            : first,
        undefined,
      );
      if (next === undefined) return;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.wake();
      this.#pump();
    });
  }
}
