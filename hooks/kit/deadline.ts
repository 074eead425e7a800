/** A point in time after which nothing is begun any more, with the signal that says so. */
export interface Deadline {
  readonly signal: AbortSignal;
  remainingMs(): number;
}

/** Aborts with this when time is up; tells it from a caller's abort. */
export class DeadlineReached extends Error {
  readonly limitMs: number;

  constructor(limitMs: number) {
    super(`deadline of ${(limitMs / 1000).toFixed(0)} s reached`);
    this.name = "DeadlineReached";
    this.limitMs = limitMs;
  }
}

/** @param limitMs from now. `parent` aborts the deadline early (a signal to stop, a lost lease). */
export function deadlineIn(limitMs: number, nowMs: () => number, parent: AbortSignal): Deadline & Disposable {
  const endMs = nowMs() + limitMs;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DeadlineReached(limitMs)), limitMs);
  const pass = (): void => controller.abort(parent.reason);
  if (parent.aborted) pass();
  else parent.addEventListener("abort", pass, { once: true });
  return {
    signal: controller.signal,
    remainingMs: () => Math.max(0, endMs - nowMs()),
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      parent.removeEventListener("abort", pass);
    },
  };
}
