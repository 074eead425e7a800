import { backoffDelaysMs } from "../kit/backoff.ts";
import type { Clock } from "../ports/clock.ts";
import type { Rings } from "./rings.ts";
import { sleepOrRing } from "./rings.ts";

/** When the next pass is due: `steady` at the interval, `soon` after a growing pause, `failed` likewise, but never at once. */
export interface NextPass {
  readonly when: "steady" | "soon" | "failed";
  readonly intervalMs: number;
}

/** A pod's way up is many changes of its status within moments: one pass is made of them. */
const debounceMs = 200;
const firstPauseMs = 1000;
const longestPauseMs = 30_000;

/**
 * Makes one pass after the other until `stop` aborts: at once, whenever the bell rings, and at an interval whether it rings or not, since a bell can be deaf.
 * Never throws but what `pass` throws.
 */
export async function watchLoop(
  pass: () => Promise<NextPass>,
  rings: Rings,
  clock: Clock,
  stop: AbortSignal,
): Promise<void> {
  let delays = backoffDelaysMs(firstPauseMs, longestPauseMs);
  while (!stop.aborted) {
    rings.silence();
    const { when, intervalMs } = await pass();
    if (when === "steady") delays = backoffDelaysMs(firstPauseMs, longestPauseMs);
    const pauseMs = when === "steady" ? intervalMs : Math.min(intervalMs, delays.next().value);
    // What failed may have rung the bell itself: the bell does not shorten the first second.
    const deafMs = when === "failed" ? Math.min(firstPauseMs, pauseMs) : 0;
    if (deafMs > 0) await clock.sleep(deafMs, stop).catch(() => undefined);
    if (pauseMs > deafMs) await sleepOrRing(clock, rings, pauseMs - deafMs, stop);
    if (rings.rung) await clock.sleep(debounceMs, stop).catch(() => undefined);
  }
}
