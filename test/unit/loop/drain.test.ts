import { describe, expect, it } from "vitest";
import { drain, type DrainResult } from "../../../hooks/loop/drain.ts";
import { Failure } from "../../../hooks/model/failure.ts";
import type { PlacedTable } from "../../../hooks/model/placed-table.ts";
import type { Placement } from "../../../hooks/ports/placement.ts";
import { drainFailed, drainHead, drainLine, drainMoved } from "../../../hooks/report/drain.ts";
import { topologyOf } from "../../support/builders/topology.ts";
import { guarded } from "../../support/fakes/guards.ts";
import { clientWrites, rowsKept, troublesOf } from "../../support/fakes/health.ts";
import { run, startProcess } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";

const topology = topologyOf();
const stop = new AbortController().signal;

async function initialised(asked = topology): Promise<World> {
  const world = new World(asked);
  await run(world, asked);
  clientWrites(world, 1000);
  return world;
}

/** What it prints, and how it ended. */
async function drained(
  world: World,
  node: string,
  placement?: Placement,
): Promise<DrainResult & { text: string }> {
  const { ports } = startProcess(world);
  let text = "";
  const result = await drain(
    topology,
    placement === undefined ? ports : { ...ports, placement },
    { node, stop },
    {
      begin: (...said) => (text += drainHead(...said)),
      moved: (...said) => (text += drainMoved(...said)),
      failed: (...said) => (text += drainFailed(...said)),
    },
  );
  return { ...result, text };
}

const table = (name: string, bytes: number, child = false): PlacedTable => ({
  database: "app",
  name,
  bytes,
  child,
});

/** Tables by hand: what is moved is gone, what is in `bad` never goes. */
function placementOf(
  tables: PlacedTable[],
  bad: ReadonlyMap<string, Failure> = new Map(),
): Placement & { order: string[] } {
  const order: string[] = [];
  return {
    order,
    tablesOn: () => Promise.resolve([...tables]),
    moveOff: ({ name }) => {
      const failure = bad.get(name);
      order.push(name);
      if (failure !== undefined) return Promise.reject(failure);
      const root = name.replace(/_p\d+$/, "");
      tables.splice(0, tables.length, ...tables.filter((each) => !each.name.startsWith(root)));
      return Promise.resolve(7);
    },
    unlist: () => Promise.resolve(),
  };
}

describe("drain", () => {
  it("moves all rows off, loses none, and then the pair can go", async () => {
    const world = await initialised();
    const { text, ...result } = await drained(world, "dn_1");
    expect(result).toMatchObject({ datanode: "dn_1", moved: 1, stuck: [] });
    expect(text).toMatch(/1\/1 app: public\.t: 500 rows before and after, .* 0 bytes to go/);
    expect(rowsKept(world)).toBe(1000);
    expect(world.mover.drained).toEqual([{ datanode: "dn_1", podUid: world.pod("antdb-dn-1").uid }]);
    expect(troublesOf(world, topology)).toEqual([]);
    expect((await guarded(world, topologyOf({ dn: 1 }))).result.end).toBe("converged");
  });

  it("run again has nothing to do and says so", async () => {
    const world = await initialised();
    await drained(world, "dn_1");
    const again = await drained(world, "dn_1");
    expect(again).toMatchObject({ moved: 0, stuck: [] });
    expect(drainLine(again)).toContain("dn_1 holds no table (nothing to move)");
  });

  it("means the pair: the standby's name is as good as the master's", async () => {
    expect((await drained(await initialised(), "ds_1")).datanode).toBe("dn_1");
  });

  it.each([
    ["cn_0", "no-datanode"],
    ["dn_7", "no-datanode"],
  ])("refuses %s", async (node, code) => {
    await expect(drained(await initialised(), node)).rejects.toMatchObject({
      facts: { class: "terminal", code },
    });
  });

  it("refuses the last datanode", async () => {
    const world = await initialised(topologyOf({ dn: 1 }));
    await expect(drained(world, "dn_0")).rejects.toMatchObject({ facts: { code: "last-datanode" } });
  });

  it("goes from small to big, leaves partitions to their parents, and comes back to what was made meanwhile", async () => {
    const tables = [table("big", 9000), table("small", 10), table("part", 500), table("part_p1", 400, true)];
    const placement = placementOf(tables);
    let made = false;
    const moveOff: Placement["moveOff"] = (...asked) => {
      if (!made) tables.push(table("late", 1));
      made = true;
      return placement.moveOff(...asked);
    };
    const result = await drained(await initialised(), "dn_1", { ...placement, moveOff });
    expect(placement.order).toEqual(["small", "part", "big", "late"]);
    expect(result).toMatchObject({ moved: 4, rows: 28, stuck: [] });
  });

  it("goes on past what can't be moved, and names it at the end", async () => {
    const what = "move Odd off dn_1: syntax error at or near";
    const bad = new Map([["odd", new Failure({ class: "retry", code: "x", what, object: "dn_1" })]]);
    const result = await drained(
      await initialised(),
      "dn_1",
      placementOf([table("odd", 1), table("even", 2)], bad),
    );
    expect(result).toMatchObject({ moved: 1, stuck: [{ table: { name: "odd" } }] });
    expect(drainLine(result)).toMatch(
      /1 tables moved, .* 1 left on dn_1: app: odd: move Odd off dn_1.* Next: /,
    );
  });

  it("stops at a node that is gone: what is moved stays moved", async () => {
    const bad = new Map([
      ["b", new Failure({ class: "wait", code: "node-down", what: "gone", object: "cn_0" })],
    ]);
    await expect(drained(await initialised(), "dn_1", placementOf([table("b", 2)], bad))).rejects.toThrow(
      "gone",
    );
  });
});
