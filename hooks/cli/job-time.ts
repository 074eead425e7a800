import type { RunResult } from "../model/outcome.ts";
import type { Values } from "../values/schema.ts";
import type { Runtime } from "./runtime.ts";

/** A pod that comes when its Job's time is almost over still gets this long to look, and to say what is wrong. */
const leastMs = 5000;
/** A wait for the pod that is worth a word when the time did not suffice. */
const longMs = 10_000;

export interface JobTime {
  /** What is left for this run, in milliseconds. */
  readonly limitMs: number;
  /** What to add to the closing line of a run that had too little of it; "" where it had what it should. */
  readonly excuse: (result: RunResult) => string;
}

/**
 * A Job's activeDeadlineSeconds counts from the Job's start: placing the pod, fetching its image and every earlier try are in it. A run that counted from its own start would
 * be killed before it could say what it waited for.
 * @param seconds from the Job's start to the end of the run
 * @param key of the value that gives the Job more
 */
export async function timeInJob(
  runtime: Runtime,
  values: Values,
  seconds: number,
  key: string,
): Promise<JobTime> {
  const goneMs = await runtime.openOwnJob(values).ageMs(runtime.stop);
  const gone = Math.round(goneMs / 1000);
  return {
    limitMs: Math.max(leastMs, seconds * 1000 - goneMs),
    excuse: ({ end }) =>
      end === "deadline" && goneMs >= longMs
        ? `; ${gone} s of the Job's time were over when this pod began, ${key} gives it more`
        : "",
  };
}
