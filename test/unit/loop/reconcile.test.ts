import { describe, expect, it } from "vitest";
import { runOnce } from "../../../hooks/loop/reconcile.ts";
import { closingLine } from "../../../hooks/report/closing-line.ts";
import { exitCodeOf } from "../../../hooks/report/exit-code.ts";
import { topologyOf } from "../../support/builders/topology.ts";
import { clientWrites, rowsKept, troublesOf } from "../../support/fakes/health.ts";
import { limitMs, look, run, startProcess } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";

const topology = topologyOf();
const neverStop = new AbortController().signal;

async function initialised(): Promise<World> {
  const world = new World(topology);
  await run(world, topology);
  clientWrites(world, 1000);
  return world;
}

describe("reconcile", () => {
  it("brings empty pods to a cluster that takes rows", async () => {
    const world = new World(topology);
    const { result } = await run(world, topology);
    expect(result.end).toBe("converged");
    expect(troublesOf(world, topology)).toEqual([]);
    expect(world.audit.initAlls).toEqual([{ membersBefore: 0 }]);
    expect((await look(world, topology)).plan).toEqual({ stages: [], leftAlone: [] });
  });

  it("run again has nothing to do, changes nothing and says so", async () => {
    const world = await initialised();
    const { result, process } = await run(world, topology);
    expect(process.changes).toEqual([]);
    expect(closingLine("reconcile", result, topology.release)).toBe(
      "reconcile: nothing to do, the cluster is as the values ask",
    );
  });

  it("heals everything that moved, and loses no row", async () => {
    const world = await initialised();
    world.moveAll();
    const { result } = await run(world, topology);
    expect(result.end).toBe("converged");
    expect(troublesOf(world, topology)).toEqual([]);
    expect(rowsKept(world)).toBe(1000);
  });

  it("a standby that does not start keeps nobody else from being healed", async () => {
    const world = await initialised();
    world.moveAll();
    const { disk } = world.pod("antdb-ds-0");
    disk!.conf = new Map([...disk!.conf, ["no_such_parameter", "1"]]);
    const { result } = await run(world, topology);
    expect(result).toMatchObject({ end: "failed", failure: { facts: { object: "ds_0" } } });
    // Only what waits for that very standby is left.
    expect(troublesOf(world, topology)).toEqual([
      "cn_0: dn_0 waits for its synchronous standby",
      "cn_1: dn_0 waits for its synchronous standby",
      "ds_0 does not run",
    ]);
  });

  it("heals one moved pod without disturbing the others", async () => {
    const world = await initialised();
    world.takeDown("antdb-dn-1");
    world.bringBack("antdb-dn-1");
    const { process } = await run(world, topology);
    expect(troublesOf(world, topology)).toEqual([]);
    expect(process.changes.filter((change) => /^(START|STOP)/.test(change)).sort()).toEqual([
      "START dn_1",
      "START ds_1",
      "STOP ds_1",
    ]);
  });

  it("tells the others of a moved node while that one still starts", async () => {
    const world = await initialised();
    world.takeDown("antdb-dn-1");
    world.bringBack("antdb-dn-1");
    const { log } = await run(world, topology);
    const at = (event: string, action: string, target: string): number =>
      log.events.findIndex(
        (one) => one.event === event && "action" in one && one.action === action && one.target === target,
      );
    const started = at("action-done", "start-node", "dn_1");
    for (const told of ["write-hba", "repoint-catalog"]) {
      expect(at("action-started", told, "cn_0")).toBeGreaterThan(0);
      expect(at("action-started", told, "cn_0")).toBeLessThan(started);
    }
  });

  it("grows, and leaves what was there as it is", async () => {
    const world = await initialised();
    const larger = topologyOf({ cn: 3, dn: 4 });
    world.grow(larger);
    const { result } = await run(world, larger);
    expect(result.end).toBe("converged");
    expect(troublesOf(world, larger)).toEqual([]);
    expect(rowsKept(world)).toBe(1000);
  });

  it("waits for pods that come up one after the other", async () => {
    const world = new World(topology);
    topology.nodes.forEach(({ pod }, index) => {
      world.takeDown(pod);
      world.clock.after(3000 * index, () => world.bringBack(pod));
    });
    world.takeDown("antdb-mgr-0");
    world.clock.after(10_000, () => world.bringBack("antdb-mgr-0"));
    expect((await run(world, topology)).result.end).toBe("converged");
    expect(troublesOf(world, topology)).toEqual([]);
  });

  it("puts a changed password of the application right", async () => {
    const world = await initialised();
    world.appPassword = "another";
    expect((await run(world, topology)).process.changes).toContain("CREATE ROLE app cn_0");
    expect(troublesOf(world, topology)).toEqual([]);
  });

  it("never writes the verifier to the log", async () => {
    const { log } = await run(new World(topology), topology);
    expect(JSON.stringify(log.events)).not.toMatch(/SCRAM|app-secret/);
  });
});

describe("the bounds of a run", () => {
  it("ends at its deadline and names what it waited for", async () => {
    const world = new World(topology);
    world.takeDown("antdb-dn-1");
    const begun = world.clock.nowMs();
    const { result } = await run(world, topology);
    expect(exitCodeOf(result)).toBe(3);
    expect(closingLine("reconcile", result, topology.release)).toContain(
      "not finished in time: pod antdb-dn-1: waiting for its agent to answer: the pod is starting, its agent does not answer yet",
    );
    expect(world.clock.nowMs() - begun).toBeGreaterThanOrEqual(limitMs);
    expect(world.clock.nowMs() - begun).toBeLessThan(limitMs + 5000);
  });

  it("ends at its deadline inside a long command, too", async () => {
    const world = new World(topology);
    const { ports } = startProcess(world);
    const result = await runOnce(topology, ports, { limitMs: 8000, stop: neverStop });
    expect(exitCodeOf(result)).toBe(3);
    expect((await run(world, topology)).result.end).toBe("converged");
    expect(troublesOf(world, topology)).toEqual([]);
  });

  it("ends when it is told to stop, and the next run goes on", async () => {
    const world = new World(topology);
    const stop = new AbortController();
    world.clock.after(5000, () => stop.abort(new Error("SIGTERM")));
    const result = await runOnce(topology, startProcess(world).ports, { limitMs, stop: stop.signal });
    expect(exitCodeOf(result)).toBe(3);
    expect(world.writer.holder).toBeUndefined();
    expect((await run(world, topology)).result.end).toBe("converged");
  });

  it("gives up waiting for a lease that another keeps", async () => {
    const world = new World(topology);
    const other = startProcess(world);
    await other.ports.lease.acquire(neverStop);
    const { result, process } = await run(world, topology);
    expect(exitCodeOf(result)).toBe(3);
    expect(process.changes).toEqual([]);
    expect("failure" in result ? result.failure.facts.object : "").toBe("lease");
  });

  it("says what the other may wait for, when it was kept from acting all the time", async () => {
    const world = await initialised();
    world.takeDown("antdb-dn-1");
    const other = startProcess(world);
    await other.ports.lease.acquire(neverStop);
    const { result, process } = await run(world, topology);
    expect(process.changes).toEqual([]);
    expect(closingLine("reconcile", result, topology.release)).toMatch(
      /held the writer's lease all the time; what it may wait for: pod antdb-dn-1: waiting for its agent to answer/,
    );
  });

  it("takes over from a run that died, once its lease has run out", async () => {
    const world = new World(topology);
    const dead = startProcess(world);
    await dead.ports.lease.acquire(neverStop);
    dead.process.die();
    expect((await run(world, topology)).result.end).toBe("converged");
    expect(world.clock.nowMs()).toBeGreaterThan(14_000);
  });

  it("stops at once when the lease is lost", async () => {
    const world = new World(topology);
    world.clock.after(3000, () => (world.writer.holder = "somebody else"));
    const { result } = await run(world, topology);
    expect(exitCodeOf(result)).toBe(1);
    expect(closingLine("reconcile", result, topology.release)).toContain("the writer's lease was lost");
    expect(world.writer.holder).toBe("somebody else");
  });

  it("lets go of the lease however it ends", async () => {
    for (const prepare of [() => undefined, (world: World) => world.takeDown("antdb-mgr-0")]) {
      const world = new World(topology);
      prepare(world);
      await run(world, topology);
      expect(world.writer.holder).toBeUndefined();
    }
  });
});
