import { describe, expect, it } from "vitest";
import { rebalance, type RebalanceRequest, type RebalanceWatcher } from "../../hooks/loop/rebalance.ts";
import type { RebalanceResult } from "../../hooks/model/rebalance.ts";
import { topologyOf } from "../support/builders/topology.ts";
import { countRows, makeTable } from "../support/fakes/fake-spreader.ts";
import type { Kill } from "../support/fakes/process.ts";
import { run, startProcess, type Started } from "../support/fakes/runs.ts";
import { World } from "../support/fakes/world.ts";

const two = topologyOf({ dn: 2 });
const four = topologyOf({ dn: 4 });
const everywhere = ["dn_0", "dn_1", "dn_2", "dn_3"];
const request: RebalanceRequest = {
  choice: { mode: "all", order: "biggest" },
  ontoDrained: false,
  patienceMs: 60_000,
  stop: new AbortController().signal,
};
const nothing = (): void => undefined;
const deaf: RebalanceWatcher = {
  ...{ begin: nothing, moving: nothing, still: nothing, moved: nothing },
  ...{ failed: nothing, waiting: nothing, endedOrphans: nothing },
};

async function grown(): Promise<World> {
  const world = new World(two);
  await run(world, two);
  world.grow(four);
  await run(world, four);
  makeTable(world, "public.a", { rows: 1000, on: ["dn_0", "dn_1"] });
  makeTable(world, "public.b", { rows: 300, on: ["dn_0", "dn_1", "dn_2"] });
  makeTable(world, "public.c", { rows: 7, on: ["dn_0"], how: "replicated" });
  return world;
}

const start = ({ ports }: Started): Promise<RebalanceResult> => rebalance(four, ports, request, deaf);

/** Every table on every datanode, with the rows it had. */
function expectWhole(world: World): void {
  for (const table of world.tables) expect([...table.rows.keys()].toSorted()).toEqual(everywhere);
  expect(world.tables.map(countRows)).toEqual([1000, 300, 7]);
  expect(world.tables.map(({ heldBy }) => heldBy)).toEqual([undefined, undefined, undefined]);
}

async function killedAt(
  kill: Kill,
): Promise<{ world: World; survived: boolean; changes: readonly string[] }> {
  const world = await grown();
  const begun = startProcess(world, kill);
  const end = await Promise.race([begun.process.killed, start(begun)]);
  return { world, survived: end !== "killed", changes: begun.process.changes };
}

describe("a rebalance that is killed", () => {
  it.each(["before", "after"] as const)(
    "%s any change: the next one ends as if nothing had been",
    async (when) => {
      for (let change = 1; ; change += 1) {
        const { world, survived, changes } = await killedAt({ change, when });
        if (survived) {
          expect(changes.filter((each) => each.startsWith("extend"))).toHaveLength(3);
          return;
        }
        expect(await start(startProcess(world))).toMatchObject({ end: "done", stuck: [] });
        expectWhole(world);
        expect(await start(startProcess(world))).toMatchObject({ end: "done", moved: 0 });
      }
    },
  );

  it("in the middle of a table: what it left running is ended, and rolled back", async () => {
    for (let atMs = 100; atMs < 4000; atMs += 200) {
      const world = await grown();
      for (const table of world.tables) table.moveMs = 900;
      const begun = startProcess(world);
      world.clock.after(atMs, () => begun.process.die());
      await Promise.race([begun.process.killed, start(begun)]);
      expect(await start(startProcess(world))).toMatchObject({ end: "done", stuck: [] });
      expectWhole(world);
    }
  });
});
