import { describe, expect, it } from "vitest";
import { n, topologyOf } from "../../support/builders/topology.ts";
import { clientWrites, rowsKept, troublesOf } from "../../support/fakes/health.ts";
import { look, run, runKilled } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";

const topology = topologyOf({ cn: 2, dn: 2 });

/** dn_0 has moved, and its standby does not let its recovery.conf be written. */
async function stuck(): Promise<World> {
  const world = new World(topology);
  await run(world, topology);
  clientWrites(world, 100);
  world.takeDown("antdb-dn-0");
  world.bringBack("antdb-dn-0");
  world.stubborn.add(n("ds_0"));
  return world;
}

const flushes = (changes: readonly string[]): number =>
  changes.filter((change) => change === "FLUSH HOST").length;

describe("FLUSH HOST as the last resort", () => {
  it("comes once, says why, and what it leaves stale is put right after it", async () => {
    const world = await stuck();
    const begun = run(world, topology);
    // Its file is written by an agent now; after that SQL may write it again.
    world.clock.after(6000, () => world.stubborn.clear());
    const { result, log, process } = await begun;
    expect("failure" in result ? result.failure.message : result.end).toBe("converged");
    expect(flushes(process.changes)).toBe(1);
    expect(log.events).toContainEqual(
      expect.objectContaining({
        event: "action-started",
        action: "flush-hosts",
        reason: expect.stringMatching(/refused three times: (write-hba|repoint-standby) ds_0/) as string,
      }),
    );
    expect(troublesOf(world, topology)).toEqual([]);
    expect(rowsKept(world)).toBe(100);
    expect((await look(world, topology)).plan).toEqual({ stages: [], leftAlone: [] });
  });

  it("never comes while an agent is away, for which it would fail, and says so", async () => {
    const world = await stuck();
    world.takeDown("antdb-cn-1");
    const { process, log } = await runKilled(world, topology, { atMs: 120_000 });
    expect(flushes(process.changes)).toBe(0);
    expect(log.events).toContainEqual(
      expect.objectContaining({
        event: "no-fallback",
        why: "FLUSH HOST would fail: the agent of cn_1 is away",
      }),
    );
  });
});
