import { describe, expect, it } from "vitest";
import { surveyTables } from "../../../hooks/loop/survey-tables.ts";
import type { NodeRoom } from "../../../hooks/model/spread-table.ts";
import { rebalanceExitCode, rebalanceLine, rebalanceWould } from "../../../hooks/report/rebalance.ts";
import { countRows, makeFakeSpreader, makeTable } from "../../support/fakes/fake-spreader.ts";
import {
  choice,
  everywhere,
  forever,
  grown,
  old,
  placesOf,
  rebalanced,
  request,
  three,
  trouble,
  two,
} from "../../support/fakes/rebalances.ts";
import { run, startProcess } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";

describe("rebalance", () => {
  it("extends tables from small to big, loses no row, and leaves replicated ones alone unless asked", async () => {
    const world = await grown();
    const big = makeTable(world, "public.big", { rows: 9000, on: old });
    const small = makeTable(world, "public.small", { rows: 90, on: old });
    const copies = makeTable(world, "public.copies", { rows: 50, on: old, how: "replicated" });
    const result = await rebalanced(world);
    expect(result).toMatchObject({ end: "done", moved: 2, rows: 9090, stuck: [] });
    expect(result.text).toMatch(/1\/2 app: public\.small: 90 rows before and after/);
    expect(result.text).toMatch(/2\/2 app: public\.big: 9000 rows .*\/s\), 0 bytes to go/);
    expect([big, small].map(placesOf)).toEqual([everywhere, everywhere]);
    expect([...big.rows.values()]).toEqual([3000, 3000, 3000]);
    expect(rebalanceLine(result)).toBe(
      "rebalance: done, 2 tables moved, 9090 rows in them, 8.7 MiB; 1 table left alone",
    );
    expect(placesOf(copies)).toEqual(old);
    const all = await rebalanced(world, { choice: { ...choice, mode: "all" } });
    expect(all).toMatchObject({ end: "done", moved: 1, rows: 50 });
    expect(placesOf(copies)).toEqual(everywhere);
    expect(countRows(copies)).toBe(50);
  });

  it("says now and then that a long move goes on", async () => {
    const world = await grown();
    makeTable(world, "public.t", { rows: 10, on: old }).moveMs = 100_000;
    const { text } = await rebalanced(world);
    expect(text.match(/1\/1 app: public\.t: still being moved, for \d+ s now/g)).toHaveLength(3);
    expect(text).toContain("for 90 s now");
  });

  it("run again has nothing to do and says so", async () => {
    const world = await grown();
    makeTable(world, "public.t", { rows: 10, on: old });
    await rebalanced(world);
    const again = await rebalanced(world);
    expect(again).toMatchObject({ end: "done", moved: 0, stuck: [], text: "" });
    expect(rebalanceLine(again)).toBe(
      "rebalance: nothing to do, every table lies on every datanode it can lie on",
    );
    expect(rebalanceExitCode(again)).toBe(0);
  });

  it("says what it would do, and does nothing", async () => {
    const world = await grown();
    const table = makeTable(world, "public.t", { rows: 10, on: old });
    const { process, ports } = startProcess(world);
    const { plan } = await surveyTables(three, ports, request, forever);
    expect(rebalanceWould(plan)).toBe(
      "app: public.t: hash, about 10 rows, 9.8 KiB, on dn_0, dn_1; would come to dn_2 as well\n",
    );
    expect(process.changes).toEqual([]);
    expect(placesOf(table)).toEqual(old);
  });

  it("comes back to a table that others hold, and names what can't be moved", async () => {
    const world = await grown();
    const held = makeTable(world, "public.held", { rows: 10, on: old });
    held.troubles.push(trouble({ code: "locked", what: "canceling statement due to lock timeout" }));
    const odd = makeTable(world, 'public."Odd"', { rows: 20, on: old });
    const failure = trouble({ code: "node-error", what: "syntax error" });
    odd.troubles.push(failure, failure);
    const result = await rebalanced(world);
    expect(result).toMatchObject({ end: "done", moved: 1, stuck: [{ table: { name: 'public."Odd"' } }] });
    expect(result.text).toMatch(/app: public\.held: later: canceling statement due to lock timeout/);
    expect(placesOf(held)).toEqual(everywhere);
    expect(placesOf(odd)).toEqual(old);
    expect(rebalanceExitCode(result)).toBe(1);
    expect(rebalanceLine(result)).toMatch(/1 table left: app: public\."Odd": syntax error\. Next: /);
  });

  it("gives a table up that is held all the time", async () => {
    const world = await grown();
    const held = makeTable(world, "public.held", { rows: 10, on: old });
    for (let times = 0; times < 9; times += 1) held.troubles.push(trouble({ code: "locked" }));
    expect(await rebalanced(world)).toMatchObject({ end: "done", moved: 0, stuck: [{}] });
    expect(held.troubles).toHaveLength(4);
  });

  it("waits while the cluster is locked for an APPEND, and says what it waits for", async () => {
    const world = await grown();
    const table = makeTable(world, "public.t", { rows: 10, on: old });
    const what = "cannot execute ALTER TABLE in a locked cluster";
    for (let times = 0; times < 20; times += 1)
      table.troubles.push(trouble({ class: "wait", code: "cluster-locked", what }));
    const result = await rebalanced(world, { patienceMs: 300_000 });
    expect(result).toMatchObject({ end: "done", moved: 1, stuck: [] });
    expect(result.text.match(/waiting: .* in a locked cluster/g)).toHaveLength(1);
  });

  it.each([
    ["a connection that was cut", { class: "unknown-outcome", code: "connection-cut" } as const],
    ["a datanode that went down", { code: "node-shut-down" }],
    ["an error that is gone", { code: "node-error" }],
  ])("looks again after %s in the middle", async (_, facts) => {
    const world = await grown();
    const table = makeTable(world, "public.t", { rows: 10, on: old });
    table.troubles.push(trouble(facts));
    expect(await rebalanced(world)).toMatchObject({ end: "done", moved: 1, rows: 10, stuck: [] });
  });

  it("refuses the table there is no room for, with the figures, and goes on with others", async () => {
    const world = await grown();
    const big = makeTable(world, "public.big", { rows: 900_000, on: old });
    const small = makeTable(world, "public.small", { rows: 10, on: old });
    const rooms = new Map<string, NodeRoom>([["ds_2", { dataFreeBytes: 500 * 1024 ** 2 }]]);
    const started = startProcess(world);
    const spreader = makeFakeSpreader(world, started.process, rooms);
    const result = await rebalanced(world, {}, { ...started, ports: { ...started.ports, spreader } });
    expect(result).toMatchObject({ moved: 1, stuck: [{ table: { name: "public.big" } }] });
    expect(rebalanceLine(result)).toMatch(
      /no room to write it anew: ds_2 needs 693 MiB on its data volume and has 500 MiB\. Next: make the volumes larger/,
    );
    expect(rebalanceExitCode(result)).toBe(2);
    expect(placesOf(small)).toEqual(everywhere);
    expect(placesOf(big)).toEqual(old);
  });

  it("waits for a datanode that is no member yet; by hand not for ever", async () => {
    const world = new World(two);
    await run(world, two);
    makeTable(world, "public.t", { rows: 10, on: old });
    const result = await rebalanced(world);
    expect(result).toMatchObject({ end: "waited", why: { facts: { object: "dn_2", code: "no-member" } } });
    expect(rebalanceExitCode(result)).toBe(3);
    const patient = rebalanced(world, { patienceMs: 3_600_000 });
    world.grow(three);
    await run(world, three);
    expect(await patient).toMatchObject({ end: "done", moved: 1 });
  });

  it("moves nothing onto a datanode that is drained, until it is asked to", async () => {
    const world = await grown();
    const table = makeTable(world, "public.t", { rows: 10, on: old });
    world.mover.drained = [{ datanode: "dn_2", podUid: world.pod("antdb-dn-2").uid }];
    const left = await rebalanced(world);
    expect(left).toMatchObject({ end: "done", moved: 0, leftOut: ["dn_2"] });
    expect(left.text).toContain("dn_2 gets no rows");
    expect(await rebalanced(world, { ontoDrained: true })).toMatchObject({ moved: 1 });
    expect(placesOf(table)).toEqual(everywhere);
    expect(world.mover.drained).toEqual([]);
  });

  it("moves nothing onto a datanode that a guard takes out", async () => {
    const world = await grown();
    makeTable(world, "public.t", { rows: 10, on: old });
    world.held = { nodes: ["dn_2", "ds_2"], untilMs: world.clock.nowMs() + 180_000 };
    expect(await rebalanced(world)).toMatchObject({ end: "done", moved: 0, leftOut: ["dn_2"] });
  });

  it("takes one that left and came back for a new one", async () => {
    const world = await grown();
    makeTable(world, "public.t", { rows: 10, on: old });
    world.mover.drained = [{ datanode: "dn_2", podUid: "uid-of-another" }];
    expect(await rebalanced(world)).toMatchObject({ moved: 1, leftOut: [] });
  });
});
