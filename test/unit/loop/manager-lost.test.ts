import { describe, expect, it } from "vitest";
import { closingLine } from "../../../hooks/report/closing-line.ts";
import { topologyOf } from "../../support/builders/topology.ts";
import { guarded } from "../../support/fakes/guards.ts";
import { clientWrites, rowsKept, troublesOf } from "../../support/fakes/health.ts";
import { look, run, runKilled } from "../../support/fakes/runs.ts";
import { drainLeaving, helmApplies } from "../../support/fakes/upgrades.ts";
import { World } from "../../support/fakes/world.ts";

const topology = topologyOf({ cn: 2, dn: 2 });
const larger = topologyOf({ cn: 3, dn: 2 });
const manager = "antdb-mgr-0";

async function initialised(): Promise<World> {
  const world = new World(topology);
  await run(world, topology);
  clientWrites(world, 100);
  return world;
}

const starts = (world: World): readonly (number | undefined)[] =>
  [...world.pods.values()].map(({ disk }) => disk?.starts);
const labels = (world: World): readonly (string | undefined)[] =>
  [...world.pods.values()].map(({ state }) => state);

describe("mgr's volume lost", () => {
  it.each(["kept", "not kept"])("is rebuilt, %s: no node restarts, no client is led away", async (how) => {
    const world = await initialised();
    if (how === "not kept") world.keptText = "";
    const before = [starts(world), labels(world)];
    world.loseVolume(manager);
    const { result, process } = await run(world, topology);
    expect(closingLine("reconcile", result, topology.release)).toMatch(
      /^reconcile: done, the manager's catalog was rebuilt: 8 nodes adopted, none touched; /,
    );
    expect([starts(world), labels(world)]).toEqual(before);
    expect(process.changes.filter((change) => /^(label|INIT|START|STOP|ADD)/.test(change))).toEqual([]);
    expect(troublesOf(world, topology)).toEqual([]);
    expect((await look(world, topology)).plan).toEqual({ stages: [], leftAlone: [] });
    expect(world.keptText).toContain('"ds_1"');
  });

  it("afterwards a coordinator is added as ever", async () => {
    const world = await initialised();
    world.loseVolume(manager);
    await run(world, topology);
    world.grow(larger);
    expect((await run(world, larger)).result.end).toBe("converged");
    expect(troublesOf(world, larger)).toEqual([]);
    expect(rowsKept(world)).toBe(100);
  });

  it("before INIT ALL was seen to be whole nothing is adopted, and nothing cleaned", async () => {
    for (let change = 1; ; change += 1) {
      const world = new World(topology);
      const killed = await runKilled(world, topology, { change, when: "after" });
      const last = killed.process.changes.at(-1) ?? "";
      if (last.startsWith("psql at")) return;
      if (last !== "INIT ALL") continue;
      world.loseVolume(manager);
      const { result } = await run(world, topology);
      expect(result.end).toBe("refused");
      expect("failure" in result && result.failure.facts.what).toContain("without letting the program in");
      expect(world.manager.members).toEqual([]);
      expect(world.audit.wiped).toEqual([]);
    }
  });

  it("no pod goes before the catalog is rebuilt", async () => {
    const world = new World(larger);
    await run(world, larger);
    world.loseVolume(manager);
    const { result } = await guarded(world, topology);
    expect(result).toMatchObject({ end: "refused", failure: { facts: { object: "manager" } } });
    await run(world, larger);
    expect((await guarded(world, topology)).result.end).toBe("converged");
  });

  it("nor where no postgres runs that would show that there is a cluster", async () => {
    const world = await initialised();
    world.moveAll();
    world.loseVolume(manager);
    const fewer = topologyOf({ cn: 2, dn: 1 });
    const { result } = await guarded(world, fewer);
    expect(result).toMatchObject({ end: "refused", failure: { facts: { object: "manager" } } });
    await run(world, topology);
    expect((await guarded(world, fewer)).result).toMatchObject({ failure: { facts: { object: "dn_1" } } });
  });

  it.each(["nothing", "every list"])(
    "in the middle of a pair's leaving, with %s down: it leaves all the same",
    async (down) => {
      const world = await initialised();
      const fewer = topologyOf({ cn: 2, dn: 1 });
      await drainLeaving(world, topology, fewer);
      expect((await guarded(world, fewer)).result.end).toBe("converged");
      helmApplies(world, fewer);
      world.loseVolume(manager);
      for (const pod of down === "nothing" ? [] : ["antdb-gc-0", "antdb-cn-0", "antdb-cn-1"]) {
        world.takeDown(pod);
        world.bringBack(pod);
      }
      const { result } = await run(world, fewer);
      expect("failure" in result ? result.failure.message : result.end).toBe("converged");
      expect(troublesOf(world, fewer)).toEqual([]);
      expect(world.manager.nodes.map(({ name }) => name)).not.toContain("ds_1");
      expect(rowsKept(world)).toBe(100);
    },
  );

  it("a cluster made anew on empty volumes forgets what was kept of the one before", async () => {
    const world = await initialised();
    for (const name of world.pods.keys()) world.loseVolume(name);
    expect((await run(world, topology)).result.end).toBe("converged");
    expect(world.audit.initAlls).toHaveLength(2);
    expect((await look(world, topology)).plan).toEqual({ stages: [], leftAlone: [] });
  });
});
