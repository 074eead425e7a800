import { setTimeout as delay } from "node:timers/promises";

/** Asks until the answer is there: tests wait for a state, never for a time. Fails with what was awaited. */
export async function until<T>(
  awaited: string,
  ask: () => Promise<T | undefined>,
  limitMs = 120_000,
): Promise<T> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > endMs) throw new Error(`not within ${limitMs / 1000} s: ${awaited}`);
    await delay(200);
  }
}
