// Where vitest's JSON reports go, and what they add up to.
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../.build/results", import.meta.url));
const reportOf = (suite: string): string => join(folder, `${suite}.json`);

/** Arguments that make vitest write a report beside its usual output. */
export const reporters = (suite: string): readonly string[] => [
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${reportOf(suite)}`,
];

export async function clearResults(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

/** How many tests passed and failed; nothing of either when the suite broke before it could report. */
export async function readResults(suite: string): Promise<{ passed: number; failed: number }> {
  const text = await readFile(reportOf(suite), "utf8").catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 0 };
  const report = JSON.parse(text) as { numPassedTests: number; numFailedTests: number };
  return { passed: report.numPassedTests, failed: report.numFailedTests };
}
