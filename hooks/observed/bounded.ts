/**
 * The result of `work`, or `late()` when it takes longer than `timeoutMs`: for work that promises to end in time, but must not hold everything up
 * when it breaks the promise.
 */
export async function orAfter<T>(work: Promise<T>, timeoutMs: number, late: () => T): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  const timer = setTimeout(() => resolve(late()), timeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
