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

/** Time as the caller has it, so that a deadline and the sleeps inside it are of one clock. */
export interface Timekeeper {
  nowMs(): number;
  /** Rejects when the signal is aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** @param limitMs from now. `parent` aborts the deadline early (a signal to stop, a lost lease). */
export function deadlineIn(limitMs: number, clock: Timekeeper, parent: AbortSignal): Deadline & Disposable {
  const endMs = clock.nowMs() + limitMs;
  const over = new AbortController();
  const disposed = new AbortController();
  const pass = (): void => over.abort(parent.reason);
  if (parent.aborted) pass();
  else parent.addEventListener("abort", pass, { once: true });
  clock.sleep(limitMs, disposed.signal).then(
    () => over.abort(new DeadlineReached(limitMs)),
    () => undefined,
  );
  return {
    signal: over.signal,
    remainingMs: () => Math.max(0, endMs - clock.nowMs()),
    [Symbol.dispose]: () => {
      disposed.abort();
      parent.removeEventListener("abort", pass);
    },
  };
}
