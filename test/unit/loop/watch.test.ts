import { describe, expect, it } from "vitest";
import { topologyOf } from "../../support/builders/topology.ts";
import { startWatch } from "../../support/fakes/fake-watch.ts";
import { clientWrites, rowsKept, troublesOf } from "../../support/fakes/health.ts";
import { limitMs, look, run, startProcess } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";
import { runOnce } from "../../../hooks/loop/reconcile.ts";
import { answerHealth } from "../../../hooks/report/health.ts";

const topology = topologyOf();
const source = { topology: () => topology };

async function healthy(): Promise<World> {
  const world = new World(topology);
  await run(world, topology);
  clientWrites(world, 1000);
  return world;
}

const states = (world: World): Record<string, string | undefined> =>
  Object.fromEntries([...world.pods].map(([name, { state }]) => [name.replace("antdb-", ""), state]));

const wellStates = {
  "mgr-0": undefined,
  "gc-0": "master",
  "gcs-0": "slave",
  "cn-0": "coordinator",
  "cn-1": "coordinator",
  "dn-0": "master",
  "dn-1": "master",
  "ds-0": "slave",
  "ds-1": "slave",
};

describe("a cluster that is well", () => {
  it("is looked at at the interval, and nothing is written, done or said", async () => {
    const world = await healthy();
    const watch = startWatch(world, source);
    await world.clock.sleep(100_000);
    await watch.stop();
    expect(watch.passesMs).toHaveLength(4);
    expect(watch.started.process.changes).toEqual([]);
    expect(watch.log.events.map(({ event }) => event)).toEqual(["pass-ended"]);
    expect(watch.notes).toEqual([]);
  });

  it("takes a storm of rings for one", async () => {
    const world = await healthy();
    const watch = startWatch(world, source);
    await world.clock.sleep(5000);
    const rungMs = world.clock.nowMs();
    for (let ring = 0; ring < 50; ring += 1) world.clock.after(ring * 3, () => watch.ring());
    await world.clock.sleep(5000);
    expect(watch.passesMs).toHaveLength(2);
    expect((watch.passesMs[1] ?? 0) - rungMs).toBeLessThan(400);
    await watch.stop();
  });
});

describe("pods that come back elsewhere", () => {
  it.each(["dn-0", "ds-0", "cn-0", "gcs-0", "gc-0", "mgr-0"])("%s is healed at the bell", async (name) => {
    const world = await healthy();
    const watch = startWatch(world, source);
    await world.clock.sleep(5000);
    world.takeDown(`antdb-${name}`);
    watch.ring();
    await world.clock.sleep(6000);
    world.bringBack(`antdb-${name}`);
    expect(world.pod(`antdb-${name}`).state).toBeUndefined();
    watch.ring();
    await world.clock.sleep(15_000);
    expect(troublesOf(world, topology)).toEqual([]);
    expect(states(world)).toEqual(wellStates);
    expect(rowsKept(world)).toBe(1000);
    await watch.stop();
  });

  it("all at once, with a bell that is deaf", async () => {
    const world = await healthy();
    const watch = startWatch(world, source);
    await world.clock.sleep(5000);
    world.moveAll();
    await world.clock.sleep(60_000);
    expect(troublesOf(world, topology)).toEqual([]);
    expect(states(world)).toEqual(wellStates);
    expect(watch.notes.some(({ reason }) => reason === "Healed")).toBe(true);
    await watch.stop();
  });

  it("lets a hook have the lease within seconds while a pod is away", async () => {
    const world = await healthy();
    const watch = startWatch(world, source);
    world.takeDown("antdb-ds-0");
    watch.ring();
    await world.clock.sleep(40_000);
    const begunMs = world.clock.nowMs();
    const hook = startProcess(world);
    const held = await hook.ports.lease.acquire(AbortSignal.timeout(5000));
    expect(world.clock.nowMs() - begunMs).toBeLessThan(10_000);
    await held.release();
    await watch.stop();
  });
});

describe("what it cannot heal", () => {
  it("is said once, asked again at the interval, and said anew when it changes", async () => {
    const world = await healthy();
    world.loseVolume("antdb-ds-1");
    const watch = startWatch(world, source);
    await world.clock.sleep(95_000);
    expect(watch.passesMs).toHaveLength(4);
    const said = (): string[] =>
      watch.log.events.flatMap((event) =>
        event.event === "pass-ended" && event.end === "refused" ? [event.line] : [],
      );
    expect(said()).toHaveLength(1);
    expect(said()[0]).toContain("its volume is empty");
    expect(watch.notes.filter(({ reason }) => reason === "Refused")).toMatchObject([
      { type: "Warning", pod: { name: "antdb-ds-1" } },
    ]);
    world.loseVolume("antdb-cn-1");
    await world.clock.sleep(60_000);
    expect(said()).toHaveLength(2);
    expect(watch.log.events.filter(({ event }) => event === "left-alone")).toEqual([]);
    await watch.stop();
  });

  it("keeps no other pod from being healed at the bell", async () => {
    const world = await healthy();
    world.loseVolume("antdb-ds-1");
    const watch = startWatch(world, source);
    await world.clock.sleep(5000);
    world.takeDown("antdb-cn-0");
    world.bringBack("antdb-cn-0");
    watch.ring();
    await world.clock.sleep(10_000);
    expect(world.pod("antdb-cn-0").state).toBe("coordinator");
    await watch.stop();
  });

  it("a pass that fails is tried again after a growing pause, up to the interval", async () => {
    const world = await healthy();
    let wrong = true;
    const read = (): typeof topology => {
      if (wrong) throw new Error("half a file");
      return topology;
    };
    const watch = startWatch(world, { topology: read });
    await world.clock.sleep(100_000);
    const pauses = watch.passesMs.map((ms, index) => ms - (watch.passesMs[index - 1] ?? 0)).slice(1);
    expect(pauses.slice(0, 3)).toEqual([1000, 1500, 2250]);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(30_000);
    expect(watch.log.events.filter(({ event }) => event === "pass-ended")).toHaveLength(1);
    wrong = false;
    await world.clock.sleep(60_000);
    expect(watch.watcher.health().last?.result.end).toBe("converged");
    await watch.stop();
  });

  it("an event that can't be written is a line in the log", async () => {
    const world = await healthy();
    world.moveAll();
    const watch = startWatch(world, { ...source, failEvents: true });
    await world.clock.sleep(60_000);
    expect(troublesOf(world, topology)).toEqual([]);
    expect(watch.log.events.some(({ event }) => event === "event-not-written")).toBe(true);
    await watch.stop();
  });
});

describe("told to stop", () => {
  it("ends at once when it sleeps, the lease free", async () => {
    const world = await healthy();
    const watch = startWatch(world, source);
    await world.clock.sleep(5000);
    const atMs = world.clock.nowMs();
    await watch.stop();
    expect(world.clock.nowMs() - atMs).toBeLessThan(100);
    expect(world.writer.holder).toBeUndefined();
  });

  it("at every moment of a heal: begins nothing more, lets go, and the next run ends in the same state", async () => {
    for (let afterMs = 0; afterMs < 3000; afterMs += 130) {
      const world = await healthy();
      world.moveAll();
      const watch = startWatch(world, source);
      await world.clock.sleep(afterMs);
      const atMs = world.clock.nowMs();
      const begun = (): number =>
        watch.started.log.events.filter(({ event }) => event === "action-started").length;
      const before = begun();
      await watch.stop();
      expect(begun()).toBe(before);
      expect(world.clock.nowMs() - atMs).toBeLessThan(10_000);
      expect(world.writer.holder).toBeUndefined();
      const signal = new AbortController().signal;
      const after = await runOnce(topology, startProcess(world).ports, { limitMs, stop: signal });
      expect({ afterMs, end: after.end }).toEqual({ afterMs, end: "converged" });
      expect(troublesOf(world, topology)).toEqual([]);
      expect((await look(world, topology)).plan).toEqual({ stages: [], leftAlone: [] });
    }
  });
});

describe("the topology file", () => {
  it("is read afresh for every pass", async () => {
    const world = await healthy();
    const larger = topologyOf({ gc: 1, gcs: 1, cn: 3, dn: 2 });
    let asked = topology;
    const watch = startWatch(world, { topology: () => asked });
    await world.clock.sleep(5000);
    world.grow(larger);
    asked = larger;
    await world.clock.sleep(60_000);
    expect(world.pod("antdb-cn-2").state).toBe("coordinator");
    expect(troublesOf(world, larger)).toEqual([]);
    await watch.stop();
  });
});

describe("health", () => {
  it("follows the passes, not their verdicts", async () => {
    const world = await healthy();
    world.loseVolume("antdb-ds-1");
    const watch = startWatch(world, source);
    const ask = (path: string): number => answerHealth(path, watch.watcher.health()).status;
    expect([ask("/healthz"), ask("/readyz"), ask("/metrics"), ask("/")]).toEqual([200, 503, 200, 404]);
    await world.clock.sleep(5000);
    expect([ask("/healthz"), ask("/readyz")]).toEqual([200, 200]);
    await watch.stop();
    await world.clock.sleep(350_000);
    expect(ask("/healthz")).toBe(200);
    await world.clock.sleep(20_000);
    expect(ask("/healthz")).toBe(503);
    expect(answerHealth("/metrics", watch.watcher.health()).body).toContain(
      'antdb_pass_total{end="refused"} 1',
    );
  });
});
