import { describe, expect, it } from "vitest";
import { guard } from "../../../hooks/loop/guard.ts";
import { Failure } from "../../../hooks/model/failure.ts";
import { exitCodeOf } from "../../../hooks/report/exit-code.ts";
import { guardLine, renderGuard } from "../../../hooks/report/guard.ts";
import { topologyOf } from "../../support/builders/topology.ts";
import { makeFakePodSets } from "../../support/fakes/fake-kube.ts";
import { startWatch } from "../../support/fakes/fake-watch.ts";
import { guarded, runGuard } from "../../support/fakes/guards.ts";
import { clientWrites, rowsKept, troublesOf } from "../../support/fakes/health.ts";
import { look, run, startProcess } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";

const large = topologyOf({ cn: 3, dn: 2 });
const small = topologyOf({ cn: 2, dn: 2 });
const bare = topologyOf({ cn: 3, dn: 2, ds: 0, gcs: 0 });

/** Moves what lies on a datanode to the others. */
async function emptied(world: World, datanode: string): Promise<void> {
  const { ports } = startProcess(world);
  const at = (name: string) => ({
    name,
    address: world.pod(`antdb-${name.replace("_", "-")}`).ip ?? "",
    port: name.startsWith("cn") ? 5432 : 5433,
  });
  const where = { coordinator: at("cn_0"), datanode: at(datanode) };
  const bounds = { timeoutMs: 1000, signal: new AbortController().signal };
  for (const table of await ports.placement.tablesOn(where, bounds))
    await ports.placement.moveOff(table, where, bounds);
}

async function initialised(): Promise<World> {
  const world = new World(large);
  await run(world, large);
  clientWrites(world, 1000);
  return world;
}

describe("guard", () => {
  it("takes a coordinator out before its pod goes, and the cluster is whole with it and without it", async () => {
    const world = await initialised();
    const report = await guarded(world, small);
    expect(guardLine(report)).toBe("guard: cn_2 out of the cluster (3 actions), helm may take the pods away");
    expect(exitCodeOf(report.result)).toBe(0);
    expect(renderGuard(report)).toContain("This release takes away: cn_2");
    expect(renderGuard(report)).toContain("sessions on cn_2 end");
    expect(troublesOf(world, small)).toEqual([]);
    world.shrink(small);
    const { result, process } = await run(world, small);
    expect(result.end).toBe("converged");
    expect(
      process.changes.filter((change) => !/^(write pg_hba|probe|keep the catalog)/.test(change)),
    ).toEqual([]);
    expect((await look(world, small)).plan).toEqual({ stages: [], leftAlone: [] });
    expect(rowsKept(world)).toBe(1000);
  });

  it("says what it has done when the note that holds them out can't be renewed at its end", async () => {
    const { process } = await runGuard(await initialised(), small);
    expect(process.changes.at(-1)).toBe("hold cn_2");
    const last = { change: process.changes.length, how: "reset before it arrives" } as const;
    const { report } = await runGuard(await initialised(), small, last);
    if (report === "killed") throw new Error("nobody kills it");
    expect(exitCodeOf(report.result)).toBe(1);
    expect(guardLine(report)).toMatch(
      /^guard: failed: .*the connection was cut.* Done so far: remove-node cn_2/,
    );
  });

  it("takes every standby out without a master that waits for one", async () => {
    const world = await initialised();
    expect((await guarded(world, bare)).result.end).toBe("converged");
    world.shrink(bare);
    clientWrites(world, 500);
    expect((await run(world, bare)).result.end).toBe("converged");
    expect(troublesOf(world, bare)).toEqual([]);
    expect(rowsKept(world)).toBe(1500);
  });

  it("what left comes back on its old volume, which is made anew", async () => {
    const world = await initialised();
    for (const asked of [small, bare]) {
      expect((await guarded(world, asked)).result.end).toBe("converged");
      world.shrink(asked);
      await run(world, asked);
      expect((await guarded(world, large)).result.end).toBe("converged");
      world.grow(large);
      expect((await run(world, large)).result.end).toBe("converged");
      expect(troublesOf(world, large)).toEqual([]);
      expect(world.manager.departures.size).toBe(0);
    }
    expect(world.audit.wiped.length).toBe(4);
    expect(world.audit.wiped.filter(({ rows, member }) => rows > 0 || member)).toEqual([]);
    expect(rowsKept(world)).toBe(1000);
  });

  it("a volume that changed since is nobody's to clean", async () => {
    const world = await initialised();
    await guarded(world, small);
    world.shrink(small);
    await run(world, small);
    await guarded(world, large);
    world.grow(large);
    world.pod("antdb-cn-2").foreignBytes = 1;
    const { result } = await run(world, large);
    expect(result).toMatchObject({ end: "refused", failure: { facts: { object: "cn_2" } } });
    expect(world.audit.wiped).toEqual([]);
  });

  it("refuses to take a pair away, changes nothing, and says what to do", async () => {
    const world = await initialised();
    const { report, process } = await runGuard(world, topologyOf({ cn: 2, dn: 1 }));
    if (report === "killed") throw new Error("nobody kills it");
    expect(exitCodeOf(report.result)).toBe(2);
    expect(guardLine(report)).toMatch(/^guard: refused, nothing was changed: dn_1: .* Next: /);
    expect(process.changes).toEqual([]);
    expect(troublesOf(world, large)).toEqual([]);
  });

  it("takes a pair out that holds nothing, and refuses one that does", async () => {
    const world = await initialised();
    const fewer = topologyOf({ cn: 3, dn: 1 });
    expect(exitCodeOf((await guarded(world, fewer)).result)).toBe(2);
    await emptied(world, "dn_1");
    const report = await guarded(world, fewer);
    expect("failure" in report.result ? report.result.failure.message : "").toBe("");
    world.shrink(fewer);
    clientWrites(world, 500);
    expect((await run(world, fewer)).result.end).toBe("converged");
    expect(troublesOf(world, fewer)).toEqual([]);
    expect((await look(world, fewer)).plan).toEqual({ stages: [], leftAlone: [] });
    expect(rowsKept(world)).toBe(1500);
    expect(world.manager.nodes.map(({ name }) => name)).not.toContain("dn_1");
  });

  it("lets an upgrade through that takes nothing away, whatever is wrong with the cluster", async () => {
    const world = await initialised();
    for (const pod of ["antdb-mgr-0", "antdb-gc-0", "antdb-cn-0"]) world.takeDown(pod);
    const report = await guarded(world, topologyOf({ cn: 4, dn: 3 }));
    expect(report.result.end).toBe("converged");
    expect(guardLine(report)).toContain("this release takes no node away; the cluster can't be read");
  });

  it("waits for what it needs to take a node out, and gives up in time without a deed", async () => {
    const world = await initialised();
    world.takeDown("antdb-mgr-0");
    const { report, process } = await runGuard(world, small);
    if (report === "killed") throw new Error("nobody kills it");
    expect(exitCodeOf(report.result)).toBe(3);
    expect(world.held.nodes).toEqual([]);
    expect(process.changes.filter((change) => !change.startsWith("hold"))).toEqual([]);
    expect(world.clock.nowMs()).toBeLessThan(300_000);
  });

  it("stops the node that goes and not the one that has its old address", async () => {
    const world = await initialised();
    const [cn, dn] = ["antdb-cn-2", "antdb-dn-0"].map((name) => world.pod(name));
    const [old, other] = [cn?.ip, dn?.ip];
    Object.assign(cn ?? {}, { ip: other });
    Object.assign(dn ?? {}, { ip: old });
    expect((await guarded(world, small)).result.end).toBe("converged");
    expect([cn?.running, dn?.running]).toEqual([false, true]);
  });

  it("takes nobody out before it is known what lies on a datanode that goes as well", async () => {
    const world = await initialised();
    world.pod("antdb-dn-1").running = false;
    const { report, process } = await runGuard(world, topologyOf({ cn: 2, dn: 1 }));
    expect(report === "killed" ? report : report.result.end).not.toBe("converged");
    expect(process.changes.filter((change) => /^(STOP|REMOVE|note|label)/.test(change))).toEqual([]);
  });

  it("needs no credentials where nothing is taken away, and refuses where something is", async () => {
    const world = await initialised();
    const openRun = (): never => {
      throw new Failure({ class: "terminal", code: "unreadable-file", what: "can't be read", object: "f" });
    };
    const limits = { limitMs: 1000, stop: new AbortController().signal };
    const ends = [large, small].map(async (topology) => {
      const report = await guard(topology, { sets: makeFakePodSets(world), openRun }, limits);
      return exitCodeOf(report.result);
    });
    expect(await Promise.all(ends)).toEqual([0, 2]);
  });

  it("refuses a full name that was changed", async () => {
    const world = await initialised();
    world.sets.set("shop-antdb-dn", 2);
    const report = await guarded(world, large);
    expect(exitCodeOf(report.result)).toBe(2);
    expect(guardLine(report)).toContain("put nameOverride and fullnameOverride back");
  });

  it("refuses to delete volumes that nobody can tell about", async () => {
    const world = await initialised();
    world.loseVolume("antdb-mgr-0");
    const deleting = { ...topologyOf({ cn: 3, dn: 1 }), whenScaled: "Delete" as const };
    expect(exitCodeOf((await guarded(world, deleting)).result)).toBe(2);
  });
});

describe("a watcher with the topology of before", () => {
  const healthy = async (world: World): Promise<void> => {
    while (troublesOf(world, large).length > 0) await world.clock.sleep(1000);
  };

  it("leaves out what a guard took out, until the time is over: then it brings it back", async () => {
    const world = await initialised();
    expect((await guarded(world, small)).result.end).toBe("converged");
    const watching = startWatch(world, { topology: () => large, intervalMs: 5000 });
    const outMs = world.clock.nowMs();
    while (world.clock.nowMs() < outMs + 170_000) {
      await world.clock.sleep(5000);
      expect(world.manager.nodes.map(({ name }) => name)).not.toContain("cn_2");
    }
    await healthy(world);
    await watching.stop();
    expect(world.clock.nowMs() - outMs).toBeLessThan(240_000);
    expect(watching.log.events.filter(({ event }) => event === "left-alone")).toEqual([]);
    expect(rowsKept(world)).toBe(1000);
  });

  it("brings it back at once when the values want it again", async () => {
    const world = await initialised();
    await guarded(world, small);
    await guarded(world, large);
    expect(world.held.nodes).toEqual([]);
    expect((await run(world, large)).result.end).toBe("converged");
    expect(troublesOf(world, large)).toEqual([]);
  });
});
