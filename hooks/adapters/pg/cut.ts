/** Why the program itself cut a connection: no answer came in time, or the caller gave up. */
export class Cut extends Error {
  readonly why: "timeout" | "aborted";

  constructor(why: "timeout" | "aborted", afterMs: number, cause?: unknown) {
    super(why === "timeout" ? `no answer within ${afterMs} ms` : `given up after ${afterMs} ms`, { cause });
    this.name = "Cut";
    this.why = why;
  }
}

/**
 * Waits for `work`, but no longer than the bounds: then `cut` is called with the reason (it destroys the socket, which ends `work` too)
 * and the reason is thrown.
 */
export async function withinBounds<T>(
  work: Promise<T>,
  bounds: { readonly timeoutMs: number; readonly signal: AbortSignal },
  cut: (reason: Cut) => void,
): Promise<T> {
  const began = performance.now();
  const after = (): number => Math.round(performance.now() - began);
  const { promise: cutOff, reject } = Promise.withResolvers<never>();
  const end = (reason: Cut): void => {
    reject(reason);
    cut(reason);
  };
  const abort = (): void => end(new Cut("aborted", after(), bounds.signal.reason));
  const timer = setTimeout(() => end(new Cut("timeout", after())), bounds.timeoutMs);
  if (bounds.signal.aborted) abort();
  else bounds.signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, cutOff]);
  } finally {
    clearTimeout(timer);
    bounds.signal.removeEventListener("abort", abort);
    cutOff.catch(() => undefined);
    work.catch(() => undefined);
  }
}
