import { describe, expect, it } from "vitest";
import { runTrial } from "../../../hooks/loop/trial.ts";
import type { Trial } from "../../../hooks/model/trial.ts";
import { trialExitCode, trialLine } from "../../../hooks/report/trial-line.ts";
import { topologyOf } from "../../support/builders/topology.ts";
import { type FakeDoor, makeFakeDoor } from "../../support/fakes/fake-door.ts";
import { run, startProcess } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";

const topology = topologyOf();
const watcher = { enabled: true, deployment: "antdb-watcher" };

async function healthy(): Promise<{ readonly world: World; readonly door: FakeDoor }> {
  const world = new World(topology);
  await run(world, topology);
  return { world, door: makeFakeDoor(world) };
}

async function trialOf({ world, door }: { world: World; door: FakeDoor }, limitMs = 105_000): Promise<Trial> {
  const { kube, log, clock } = startProcess(world).ports;
  const service = { name: "Service antdb-rw", host: "antdb-rw", port: 5432 };
  const stop = new AbortController().signal;
  return runTrial(topology, service, { kube, log, clock, door }, { limitMs, stop });
}

const lineOf = (trial: Trial): string => trialLine(trial, topology.release, watcher);

describe("helm test", () => {
  it("passes when all is well, and says what was tried", async () => {
    const on = await healthy();
    const trial = await trialOf(on);
    expect(trialExitCode(trial)).toBe(0);
    expect(lineOf(trial)).toBe(
      "test: passed: 64 rows written through Service antdb-rw (dn_0 32, dn_1 32), read through cn_0, cn_1; a wrong password is refused",
    );
    expect(on.door.table.rows).toBeUndefined();
  });

  it.each([
    ["antdb-dn-1", "dn_1"],
    ["antdb-ds-0", "ds_0"],
    ["antdb-gc-0", "gc_0"],
    ["antdb-cn-1", "cn_1"],
  ])("fails when %s is away, and names it", async (pod, node) => {
    const on = await healthy();
    on.world.takeDown(pod);
    on.world.pods.delete(pod);
    const trial = await trialOf(on);
    expect(trialExitCode(trial)).toBe(1);
    expect(trial.culprits.map((culprit) => culprit.node)).toEqual([node]);
    expect(lineOf(trial)).toContain(
      `test: failed: ${node}: pod ${pod} does not exist; clients are not served: `,
    );
    expect(lineOf(trial)).toContain(
      "Next: kubectl -n antdb get statefulset,pod,pvc -l app.kubernetes.io/instance=antdb",
    );
  });

  it("finds the postgres that does not run in a pod that does", async () => {
    const on = await healthy();
    on.world.pod("antdb-dn-0").running = false;
    const trial = await trialOf(on);
    expect(lineOf(trial)).toContain("dn_0: pod antdb-dn-0 runs, but nothing listens on its port 5433");
    expect(lineOf(trial)).toContain("Next: kubectl -n antdb exec deploy/antdb-watcher -- antdb status");
  });

  it("waits for a Service whose endpoints are a moment late", async () => {
    const on = await healthy();
    const coordinators = ["antdb-cn-0", "antdb-cn-1"].map((name) => on.world.pod(name));
    for (const pod of coordinators) delete pod.state;
    on.world.clock.after(3000, () => {
      for (const pod of coordinators) pod.state = "coordinator";
    });
    expect(trialExitCode(await trialOf(on))).toBe(0);
  });

  it("fails when no coordinator is behind the Service", async () => {
    const on = await healthy();
    for (const name of ["antdb-cn-0", "antdb-cn-1"]) delete on.world.pod(name).state;
    const trial = await trialOf(on);
    expect(trialExitCode(trial)).toBe(1);
    expect(lineOf(trial)).toContain("clients are not served: Service antdb-rw: nobody answers");
  });

  it("removes what a killed run left", async () => {
    const on = await healthy();
    on.door.table.rows = new Map([["dn_0", 7]]);
    expect(trialExitCode(await trialOf(on))).toBe(0);
    expect(on.door.table.rows).toBeUndefined();
  });

  it("leaves alone what it did not make, and needs somebody to decide", async () => {
    const on = await healthy();
    on.door.table.strangers = true;
    const trial = await trialOf(on);
    expect(trialExitCode(trial)).toBe(2);
    expect(lineOf(trial)).toContain("holds other objects");
  });

  it("fails when a wrong password is let in", async () => {
    const on = await healthy();
    const { disk } = on.world.pod("antdb-cn-0");
    if (disk !== undefined) disk.hba = ["host all all 10.99.0.8/32 trust", ...disk.hba];
    const trial = await trialOf(on);
    expect(trialExitCode(trial)).toBe(2);
    expect(lineOf(trial)).toContain("lets app in by trust");
  });

  it("fails for a datanode that has got no row, though nothing said no", async () => {
    const on = await healthy();
    for (const name of ["antdb-cn-0", "antdb-cn-1"])
      for (const key of on.world.pod(name).disk?.data.catalog.keys() ?? [])
        if (key === "dn_1") on.world.pod(name).disk?.data.catalog.delete(key);
    const trial = await trialOf(on);
    expect(trialExitCode(trial)).toBe(1);
    expect(lineOf(trial)).toContain("dn_1: not one of 64 rows was put on it or on its standby");
  });

  it("ends in time whatever hangs, with exit code 3 when nobody is to blame", async () => {
    const on = await healthy();
    const { world } = on;
    const door = {
      ...on.door,
      tryWrongPassword: (_: unknown, { signal }: { signal: AbortSignal }) => world.clock.sleep(1e9, signal),
    };
    const startedMs = world.clock.nowMs();
    const trial = await trialOf({ world, door }, 60_000);
    expect(world.clock.nowMs() - startedMs).toBeLessThanOrEqual(60_000);
    expect(trialExitCode(trial)).toBe(3);
    expect(lineOf(trial)).toContain("not finished in time");
  });
});
