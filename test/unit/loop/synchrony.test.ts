import { describe, expect, it } from "vitest";
import { topologyOf } from "../../support/builders/topology.ts";
import { clientWrites, troublesOf } from "../../support/fakes/health.ts";
import { cleanNode, removeNode } from "../../support/fakes/manager-leaving.ts";
import { stopNode } from "../../support/fakes/manager-running.ts";
import { Statement } from "../../support/fakes/manager-server.ts";
import { look, run, runKilled } from "../../support/fakes/runs.ts";
import { n } from "../../support/builders/topology.ts";
import { World } from "../../support/fakes/world.ts";

const topology = topologyOf({ gcs: 1, cn: 1, dn: 1 });

async function initialised(): Promise<World> {
  const world = new World(topology);
  expect((await run(world, topology)).result.end).toBe("converged");
  clientWrites(world, 100);
  return world;
}

const pairs = [
  ["ds_0", "datanode slave", "dn_0"],
  ["gcs_0", "gtmcoord slave", "gc_0"],
] as const;

describe("a standby that streams outside", () => {
  it.each(pairs)(
    "REMOVE, CLEAN by hand, then %s is brought back, and waited for again",
    async (name, kind) => {
      const world = await initialised();
      const byHand = new Statement(world, 60_000);
      await stopNode(world, n(name), kind, byHand);
      await removeNode(world, n(name), kind, byHand);
      await cleanNode(world, n(name), byHand);
      const { result, process } = await run(world, topology);
      expect(result.end).toBe("converged");
      expect(process.changes).toContain(`ALTER ${kind} ${name} sync`);
      expect(world.manager.row(name).sync).toBe("sync");
      expect(troublesOf(world, topology)).toEqual([]);
      expect((await look(world, topology)).plan).toEqual({ stages: [], leftAlone: [] });
    },
  );

  it.each(pairs)(
    "%s that somebody made async while it was away is put right when it is back",
    async (name, _kind, master) => {
      const world = await initialised();
      const pod = `antdb-${name.replace("_", "-")}`;
      world.takeDown(pod);
      world.manager.row(name).sync = "async";
      world.network
        .lives()
        .find(({ disk }) => disk.name === master)
        ?.disk.sync.clear();
      clientWrites(world, 100);
      world.bringBack(pod, world.nextAddress());
      expect((await run(world, topology)).result.end).toBe("converged");
      expect(troublesOf(world, topology)).toEqual([]);
      expect((await look(world, topology)).plan).toEqual({ stages: [], leftAlone: [] });
    },
  );

  it("is put right by the next run when one was killed between the master's file and the manager's row", async () => {
    const world = await initialised();
    world.manager.row("ds_0").sync = "async";
    for (const when of ["before", "after"] as const)
      for (const change of [1, 2]) await runKilled(world, topology, { change, when });
    expect((await run(world, topology)).result.end).toBe("converged");
    expect(world.manager.row("ds_0").sync).toBe("sync");
    expect(troublesOf(world, topology)).toEqual([]);
  });
});
