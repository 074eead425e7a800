import { describe, expect, it } from "vitest";
import { runCommand } from "../../../hooks/cli/commands.ts";
import type { Closing } from "../../../hooks/cli/runtime.ts";
import { topologyFile } from "../../support/builders/topology.ts";
import { stage } from "../../support/fakes/stage.ts";

describe("a run in a Job", () => {
  /** Of a cluster with a pod that never comes: how long the run lasted, and what it said. */
  async function lateRun(command: string, jobAgeMs: number): Promise<{ seconds: number } & Closing> {
    const on = stage(JSON.stringify(topologyFile()), jobAgeMs);
    on.world.pod("antdb-dn-0").ready = false;
    const closing = await runCommand(on.runtime, [command]);
    return { seconds: on.world.clock.nowMs() / 1000, ...closing };
  }
  const { reconcileSeconds } = topologyFile().deadlines;

  it("ends before the Job does, whatever of its time was over when the pod began", async () => {
    const { seconds, exitCode, line } = await lateRun("reconcile", 100_000);
    expect(Math.abs(seconds + 100 - reconcileSeconds)).toBeLessThan(2);
    expect(exitCode).toBe(3);
    expect(line).toMatch(
      /antdb-dn-0.*100 s of the Job's time were over.*jobs\.reconcile\.activeDeadlineSeconds/,
    );
  });

  it("has a look and says what is wrong, even when the time is over", async () => {
    const { seconds, line } = await lateRun("reconcile", 10 * reconcileSeconds * 1000);
    expect(seconds).toBeLessThan(7);
    expect(line).toContain("antdb-dn-0");
  });

  it("that had all of its time has no excuse", async () => {
    const { seconds, line } = await lateRun("reconcile", 900);
    expect(Math.abs(seconds - reconcileSeconds)).toBeLessThan(2);
    expect(line).not.toContain("of the Job's time");
  });

  it("that was told to stop is worth another try", async () => {
    const on = stage();
    on.world.pod("antdb-dn-0").ready = false;
    const stop = AbortSignal.abort(new Error("told to stop"));
    const closing = await runCommand({ ...on.runtime, stop }, ["reconcile"]);
    expect(closing.exitCode).toBe(1);
  });
});
