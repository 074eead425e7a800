// npm test: everything, set-up included, from a bare machine. The last line is the sum over all suites.
import { type Gate, runGate } from "./gate.ts";
import { ensureDebianPackages } from "./images/debian-packages.ts";
import { clearResults, readResults, reporters } from "./results.ts";

/** A cluster of the tests' own, beside whatever a person has running. */
const clusterName = "test";

interface Tally {
  passed: number;
  failed: number;
}

const cluster = (verb: string): Gate => ({
  name: `cluster ${verb}`,
  command: ["node", "ci/cluster/main.ts", verb, "--name", clusterName],
  live: true,
});

/** A vitest project as a gate; its JSON report says how many tests there were. */
const suite = (project: string): Gate => ({
  name: `suite ${project}`,
  command: [
    "vitest",
    "run",
    "--config",
    "test/vitest.config.ts",
    "--project",
    project,
    ...reporters(project),
  ],
  env: { ANTDB_TEST_CLUSTER: clusterName },
  live: true,
});

/** Runs a gate and adds it up; a suite that broke before it could report counts as one failure. */
async function run(gate: Gate, tally: Tally, project?: string): Promise<boolean> {
  const { passed } = await runGate(gate);
  const failedBefore = tally.failed;
  if (project === undefined) tally.passed += passed ? 1 : 0;
  else {
    const results = await readResults(project);
    tally.passed += results.passed;
    tally.failed += results.failed;
  }
  if (!passed && tally.failed === failedBefore) tally.failed += 1;
  return passed;
}

async function main(): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0 };
  await clearResults();
  await run({ name: "check", command: ["node", "ci/check.ts"], live: true }, tally, "check");
  await run({ name: "go test", command: ["go", "-C", "test/stand-in", "test", "./..."] }, tally);
  await run(suite("contract"), tally, "contract");
  try {
    if (!(await run(cluster("up"), tally))) return tally;
    const images: Gate = {
      name: "images",
      command: ["node", "ci/images/main.ts", "--cluster", clusterName],
      live: true,
    };
    if (!(await run(images, tally))) return tally;
    // The entrypoint's linter; where it can't be had, its test says so and is skipped.
    await ensureDebianPackages(["shellcheck"]).catch((error: unknown) => console.log(String(error)));
    await run(suite("chart"), tally, "chart");
    // Here and not in the middle of a suite: from a cold cache it takes minutes.
    const tools: Gate = { name: "tools", command: ["node", "ci/tools/main.ts", "helm", "helm4"], live: true };
    if (!(await run(tools, tally))) return tally;
    await run(suite("e2e"), tally, "e2e");
  } finally {
    await run(cluster("down"), tally);
  }
  return tally;
}

const { passed, failed } = await main();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
