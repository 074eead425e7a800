import { describe, expect, it } from "vitest";
import { topologyOf } from "../support/builders/topology.ts";
import { clientWrites, rowsKept, troublesOf } from "../support/fakes/health.ts";
import { run, runKilled } from "../support/fakes/runs.ts";
import { World } from "../support/fakes/world.ts";
import { exitCodeOf } from "../../hooks/report/exit-code.ts";
import { closingLine } from "../../hooks/report/closing-line.ts";
import { n } from "../support/builders/topology.ts";

const topology = topologyOf();
const { release } = topology;

async function initialised(): Promise<World> {
  const world = new World(topology);
  await run(world, topology);
  clientWrites(world, 1000);
  return world;
}

/** How a run ended, in what a person sees of it. */
async function ending(world: World): Promise<{ code: number; line: string }> {
  const { result } = await run(world, topology);
  return { code: exitCodeOf(result), line: closingLine("reconcile", result, release) };
}

describe("a member whose volume is empty", () => {
  it.each(["ds-0", "dn-0", "gcs-0", "cn-1", "gc-0"])("%s is named and left alone", async (name) => {
    const world = await initialised();
    world.loseVolume(`antdb-${name}`);
    const before = world.manager.nodes.map((row) => ({ ...row }));
    const { code, line } = await ending(world);
    expect(line).toContain(
      `refused: ${name.replace("-", "_")}: it is a member of the cluster, but its volume is empty`,
    );
    expect(line).toMatch(/Next: (rebuild it from its master|put its volume back)/);
    expect(code).toBe(2);
    expect(world.pod(`antdb-${name}`).disk).toBeUndefined();
    expect(world.manager.nodes).toEqual(before);
    expect(world.audit.wiped).toEqual([]);
    expect(world.audit.initAlls).toHaveLength(1);
  });

  it.each(["ds-0", "dn-0", "gcs-0", "cn-1", "gc-0"])(
    "%s does not keep the others from being healed",
    async (name) => {
      const world = await initialised();
      world.moveAll();
      world.loseVolume(`antdb-${name}`);
      const { code, line } = await ending(world);
      expect(line).toContain("its volume is empty");
      expect(code).toBe(2);
      const others = topology.nodes.filter(({ pod }) => pod !== `antdb-${name}`);
      expect(others.filter(({ pod }) => !world.pod(pod).running).map((node) => node.name)).toEqual([]);
    },
  );
});

describe("the manager's volume lost", () => {
  it("is refused with the remedy where nothing was kept and no postgres runs, and nothing on the volumes is touched", async () => {
    const world = await initialised();
    world.keptText = "";
    world.moveAll();
    world.loseVolume("antdb-mgr-0");
    const disks = topology.nodes.map(({ pod }) => structuredClone(world.pod(pod).disk));
    const { code, line } = await ending(world);
    expect(code).toBe(2);
    expect(line).toContain("its volume holds 38 MB already, but the manager knows no initialised cluster");
    expect(line).toContain("if mgr's volume was replaced, put the old one back");
    expect(topology.nodes.map(({ pod }) => world.pod(pod).disk)).toEqual(disks);
    expect(world.manager.journal).toBe("none");
    expect(world.audit.wiped).toEqual([]);
    expect((await ending(world)).code).toBe(2);
  });

  it("and all others but one: the catalog comes back, and each lost volume is named; nothing is initialised", async () => {
    const world = await initialised();
    for (const { pod } of topology.nodes) if (pod !== "antdb-dn-1") world.loseVolume(pod);
    world.loseVolume("antdb-mgr-0");
    const { code, line } = await ending(world);
    expect(line).toContain("refused: cn_0: it is a member of the cluster, but its volume is empty");
    expect(code).toBe(2);
    expect(world.audit.initAlls).toHaveLength(1);
    expect(rowsKept(world)).toBe(500);
  });
});

describe("a volume with files of somebody else", () => {
  it("is never initialised over", async () => {
    const world = new World(topology);
    world.pod("antdb-ds-1").foreignBytes = 5_000_000;
    const { code, line } = await ending(world);
    expect(line).toContain("refused: ds_1: its volume holds 5 MB");
    expect(code).toBe(2);
    expect(world.audit.initAlls).toEqual([]);
  });
});

describe("INIT ALL that breaks off", () => {
  it.each(["gc_0", "gcs_0", "cn_1", "dn_0", "ds_1"])(
    "at %s: the same command goes on once the cause is gone",
    async (name) => {
      const world = new World(topology);
      world.manager.initFails.add(n(name));
      const first = await ending(world);
      expect(first.code).toBe(1);
      expect(first.line).toContain("no space left on device");
      world.manager.initFails.clear();
      expect(await ending(world)).toMatchObject({ code: 0 });
      expect(troublesOf(world, topology)).toEqual([]);
    },
  );

  it("with the manager's pod lost in the middle of it, at every moment", async () => {
    for (let atMs = 1000; atMs < 22_000; atMs += 700) {
      const world = new World(topology);
      world.clock.after(atMs, () => {
        world.takeDown("antdb-mgr-0");
        world.clock.after(4000, () => world.bringBack("antdb-mgr-0"));
      });
      const { code, line } = await ending(world);
      const members = world.manager.members.length;
      const whole = members === topology.nodes.length;
      expect(world.audit.wiped.filter(({ member }) => member)).toEqual([]);
      expect(world.audit.initAlls.filter(({ membersBefore }) => membersBefore > 0)).toEqual([]);
      expect({ atMs, code, line }).toEqual({ atMs, code: whole ? 0 : 2, line });
    }
  });
});

describe("APPEND that breaks off", () => {
  const larger = topologyOf({ cn: 3, dn: 3 });
  const places = ["made", "running", "listed"] as const;
  const breaks = ["cn_2", "dn_2", "ds_2"].flatMap((name) =>
    places.filter((place) => name !== "ds_2" || place !== "listed").map((place) => [name, place] as const),
  );

  it.each(breaks)(
    "at %s with the node %s: the same run clears what it left and ends whole",
    async (name, place) => {
      const world = await initialised();
      world.grow(larger);
      world.manager.appendFails.set(n(name), place);
      const { result, process } = await run(world, larger);
      expect("failure" in result ? result.failure.message : result.end).toBe("converged");
      expect(process.changes).toContain(`CLEAN ${name}`);
      expect(troublesOf(world, larger)).toEqual([]);
      expect([...world.manager.appends.keys()]).toEqual([]);
      expect(rowsKept(world)).toBe(1000);
    },
  );

  it.each(["cn_2", "dn_2", "ds_2"])(
    "by somebody else's hand at %s: nothing is cleaned, the way out is named",
    async (name) => {
      const world = await initialised();
      world.grow(larger);
      const pod = larger.nodes.find((node) => node.name === name)?.pod ?? "";
      world.pod(pod).partialBytes = 3_000_000;
      const { result } = await run(world, larger);
      expect(exitCodeOf(result)).toBe(2);
      const line = closingLine("reconcile", result, release);
      expect(line).toContain(`refused: ${name}: it is no member, but its directory is not empty`);
      expect(line).toMatch(new RegExp(`CLEAN [A-Z ]+ ${name}; then run reconcile again`));
    },
  );

  it("with the manager's pod lost in the middle of it, at every moment", async () => {
    for (let atMs = 100; atMs < 20_000; atMs += 97) {
      const world = await initialised();
      world.grow(larger);
      world.clock.after(atMs, () => {
        world.takeDown("antdb-mgr-0");
        world.clock.after(4000, () => world.bringBack("antdb-mgr-0"));
      });
      const { result } = await run(world, larger);
      const end = "failure" in result ? result.failure.message : result.end;
      expect({ atMs, end }).toEqual({ atMs, end: "converged" });
      // What moved when the run was over already is the next one's.
      await world.clock.sleep(30_000);
      expect((await run(world, larger)).result.end).toBe("converged");
      expect(troublesOf(world, larger)).toEqual([]);
      expect(world.audit.wiped.filter(({ rows, member }) => rows > 0 || member)).toEqual([]);
      expect([...world.manager.appends.keys()]).toEqual([]);
      expect(rowsKept(world)).toBe(1000);
    }
  });

  it("with every pod restarted in the middle of it, at every moment", async () => {
    for (let atMs = 100; atMs < 20_000; atMs += 397) {
      const world = await initialised();
      world.grow(larger);
      world.clock.after(atMs, () => world.moveAll());
      const { result } = await run(world, larger);
      const end = "failure" in result ? result.failure.message : result.end;
      expect({ atMs, end }).toEqual({ atMs, end: "converged" });
      // What moved when the run was over already is the next one's.
      await world.clock.sleep(30_000);
      expect((await run(world, larger)).result.end).toBe("converged");
      expect(troublesOf(world, larger)).toEqual([]);
      expect(world.audit.wiped.filter(({ rows, member }) => rows > 0 || member)).toEqual([]);
      expect(rowsKept(world)).toBe(1000);
    }
  });
});

describe("pods that go while a run works", () => {
  it("with every pod restarted at every moment of a heal", async () => {
    for (let atMs = 20; atMs < 2000; atMs += 60) {
      const world = await initialised();
      world.moveAll();
      world.clock.after(atMs, () => world.moveAll());
      const { code, line } = await ending(world);
      expect({ atMs, code, line }).toMatchObject({ code: 0 });
      expect(troublesOf(world, topology)).toEqual([]);
      expect(rowsKept(world)).toBe(1000);
    }
  });

  it("with one pod away: its old address is another's, and the rest is healed meanwhile", async () => {
    const world = await initialised();
    world.moveAll();
    world.takeDown("antdb-ds-0");
    const { process } = await runKilled(world, topology, { atMs: 60_000 });
    expect(process.changes.length).toBeGreaterThan(0);
    const addresses = world.manager.hosts.map(({ address }) => address);
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(world.pod("antdb-dn-1").running).toBe(true);
    world.bringBack("antdb-ds-0");
    expect(await ending(world)).toMatchObject({ code: 0 });
    expect(troublesOf(world, topology)).toEqual([]);
  });
});

describe("two runs at once", () => {
  it("write one after the other", async () => {
    const world = new World(topology);
    const both = await Promise.all([ending(world), ending(world)]);
    expect(both).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(both.map(({ line }) => line).filter((line) => line.includes("nothing to do"))).toHaveLength(1);
    expect(world.audit.initAlls).toHaveLength(1);
  });
});
