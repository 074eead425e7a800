// Progress a person can follow: seconds since the start, then what has just been done or is about to be.
import type { Progress } from "./driver.ts";

/** Writes lines such as "  3.4 s  API server ready" to standard error. */
export const stopwatch = (title: string): Progress => {
  const start = performance.now();
  return (line) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
    process.stderr.write(`${title} ${seconds} s  ${line}\n`);
  };
};
