import { describe, expect, it } from "vitest";
import { runCommand } from "../../../hooks/cli/commands.ts";
import type { Closing, Runtime } from "../../../hooks/cli/runtime.ts";
import { topologyFile } from "../../support/builders/topology.ts";
import { stage, type Stage } from "../../support/fakes/stage.ts";

/** What was left to remove after a teardown, and what it said. */
async function tearDown(on: Stage, ...args: string[]): Promise<Closing & { removed: string[] }> {
  const removed: string[] = [];
  const gone = (name: string) => (): Promise<void> => {
    removed.push(name);
    return Promise.resolve();
  };
  const runtime: Runtime = {
    ...on.runtime,
    openLeftovers: () => ({ endJobs: gone("jobs"), deleteLeases: gone("leases") }),
    openWatcherSwitch: () => ({ turnOff: () => Promise.resolve(), isUp: () => Promise.resolve(false) }),
  };
  return { ...(await runCommand(runtime, ["teardown", ...args])), removed };
}

async function clusterWithoutManager(): Promise<Stage> {
  const on = stage(JSON.stringify(topologyFile()));
  await runCommand(on.runtime, ["reconcile"]);
  on.world.pod("antdb-mgr-0").ready = false;
  return on;
}

describe("teardown", () => {
  it("goes on with a warning when the cluster can't be stopped, so that an uninstall never hangs", async () => {
    const { exitCode, line, removed } = await tearDown(await clusterWithoutManager());
    expect(exitCode).toBe(0);
    expect(line).toMatch(/^teardown: warning: .*each pod stops its own postgres/);
    expect(removed).toEqual(["jobs", "leases"]);
  });

  it("ends the uninstall there when it is strict, and says how to go on", async () => {
    const { exitCode, line, removed } = await tearDown(await clusterWithoutManager(), "--strict");
    expect(exitCode).toBe(1);
    expect(line).toMatch(/^teardown: failed: .*jobs\.teardown\.strict.*helm uninstall --no-hooks/);
    expect(removed).toEqual(["jobs"]);
  });

  it("is content with a cluster that it has stopped, strict or not", async () => {
    const on = stage(JSON.stringify(topologyFile()));
    await runCommand(on.runtime, ["reconcile"]);
    expect(await tearDown(on, "--strict")).toMatchObject({ exitCode: 0, removed: ["jobs", "leases"] });
  });
});
