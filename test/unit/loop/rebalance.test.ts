import { describe, expect, it } from "vitest";
import { deadlineIn } from "../../../hooks/kit/deadline.ts";
import { rebalance, surveyTables, type RebalanceRequest } from "../../../hooks/loop/rebalance.ts";
import { stopRebalance } from "../../../hooks/loop/stop-rebalance.ts";
import { Failure } from "../../../hooks/model/failure.ts";
import type { RebalanceResult } from "../../../hooks/model/rebalance.ts";
import type { NodeRoom } from "../../../hooks/model/spread-table.ts";
import {
  rebalanceExitCode,
  rebalanceFailed,
  rebalanceHead,
  rebalanceLine,
  rebalanceMoved,
  rebalanceMoving,
  rebalanceOrphans,
  rebalanceWaiting,
  rebalanceWould,
  stopLine,
} from "../../../hooks/report/rebalance.ts";
import { topologyOf } from "../../support/builders/topology.ts";
import { countRows, makeFakeSpreader, makeTable, type FakeTable } from "../../support/fakes/fake-spreader.ts";
import { run, startProcess, type Started } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";

const two = topologyOf({ dn: 2 });
const three = topologyOf({ dn: 3 });
const forever = new AbortController().signal;
const choice = { mode: "tables", order: "smallest" } as const;
const request: RebalanceRequest = { choice, ontoDrained: false, patienceMs: 60_000, stop: forever };
const old = ["dn_0", "dn_1"];
const everywhere = ["dn_0", "dn_1", "dn_2"];

/** Three datanodes, the last of which joined after the tables were made. */
async function grown(): Promise<World> {
  const world = new World(two);
  await run(world, two);
  world.grow(three);
  await run(world, three);
  return world;
}

async function rebalanced(
  world: World,
  asked: Partial<RebalanceRequest> = {},
  started: Started = startProcess(world),
): Promise<RebalanceResult & { text: string }> {
  let text = "";
  const result = await rebalance(
    three,
    started.ports,
    { ...request, ...asked },
    {
      begin: (plan, { leftOut }) => (text += rebalanceHead(plan, leftOut)),
      moving: (step) => (text += rebalanceMoving(step)),
      moved: (...said) => (text += rebalanceMoved(...said)),
      failed: (...said) => (text += rebalanceFailed(...said)),
      waiting: (failure) => (text += rebalanceWaiting(failure)),
      endedOrphans: (count) => (text += rebalanceOrphans(count)),
    },
  );
  return { ...result, text };
}

const placesOf = ({ rows }: FakeTable): readonly string[] => [...rows.keys()].toSorted();
const trouble = (facts: Partial<Failure["facts"]>): Failure =>
  new Failure({ class: "retry", code: "x", what: "no", object: "cn_0", ...facts });

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
    odd.troubles.push(trouble({ code: "node-error", what: "syntax error" }));
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

  it("looks again after a connection that was cut in the middle", async () => {
    const world = await grown();
    const table = makeTable(world, "public.t", { rows: 10, on: old });
    table.troubles.push(trouble({ class: "unknown-outcome", code: "connection-cut" }));
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

  it("takes one that left and came back for a new one", async () => {
    const world = await grown();
    makeTable(world, "public.t", { rows: 10, on: old });
    world.mover.drained = [{ datanode: "dn_2", podUid: "uid-of-another" }];
    expect(await rebalanced(world)).toMatchObject({ moved: 1, leftOut: [] });
  });
});

describe("two of them", () => {
  it("the second is refused and told who runs", async () => {
    const world = await grown();
    makeTable(world, "public.t", { rows: 10, on: old }).moveMs = 60_000;
    const begun = startProcess(world);
    const first = rebalanced(world, {}, begun);
    await world.clock.sleep(1000, forever);
    const second = await rebalanced(world);
    expect(second).toMatchObject({ end: "held", by: { by: begun.process.name, doing: "antdb rebalance" } });
    expect(rebalanceLine(second)).toMatch(
      /refused: antdb rebalance runs already, as run-\d+\. Next: .*--stop/,
    );
    expect(rebalanceExitCode(second)).toBe(1);
    expect(await first).toMatchObject({ end: "done", moved: 1 });
  });
});

describe("rebalance --stop", () => {
  it("ends one that runs elsewhere at the table in hand, which is rolled back", async () => {
    const world = await grown();
    makeTable(world, "public.a", { rows: 10, on: old });
    const slow = makeTable(world, "public.b", { rows: 10_000, on: old });
    slow.moveMs = 3_600_000;
    const first = rebalanced(world);
    await world.clock.sleep(5000, forever);
    const stopped = await stopRebalance(three, startProcess(world).ports, forever);
    expect(stopLine(stopped)).toMatch(/antdb rebalance of run-\d+ has stopped\. Next: /);
    const result = await first;
    expect(result).toMatchObject({ end: "stopped", moved: 1, at: { name: "public.b" } });
    expect(rebalanceLine(result)).toBe(
      "rebalance: stopped as asked, at app: public.b, which is as it was, 1 table, 9.5 MiB, to go; " +
        "1 table moved, 10 rows in them, 9.8 KiB. Next: antdb rebalance goes on where it stopped",
    );
    expect(rebalanceExitCode(result)).toBe(0);
    expect(placesOf(slow)).toEqual(old);
    slow.moveMs = 500;
    expect(await rebalanced(world)).toMatchObject({ end: "done", moved: 1 });
  });

  it("says that nobody moves tables", async () => {
    const world = await grown();
    const stopped = await stopRebalance(three, startProcess(world).ports, forever);
    expect(stopLine(stopped)).toBe("rebalance: nobody moves tables");
  });

  it("ends what a killed one left running", async () => {
    const world = await grown();
    const slow = makeTable(world, "public.b", { rows: 10_000, on: old });
    slow.moveMs = 3_600_000;
    const begun = startProcess(world);
    void rebalanced(world, {}, begun);
    await world.clock.sleep(5000, forever);
    begun.process.die();
    const stopped = await stopRebalance(three, startProcess(world).ports, forever);
    expect(stopped).toMatchObject({ asked: { by: begun.process.name }, orphans: 1 });
    expect(slow.heldBy).toBeUndefined();
  });
});

it("ends at its deadline with the table in hand rolled back, safe to run again", async () => {
  const world = await grown();
  const slow = makeTable(world, "public.b", { rows: 10_000, on: old });
  slow.moveMs = 3_600_000;
  using deadline = deadlineIn(30_000, world.clock, forever);
  const result = await rebalanced(world, { stop: deadline.signal });
  expect(rebalanceLine(result)).toMatch(
    /deadline of 30 s reached, at app: public\.b, which is as it was, 1 table/,
  );
  expect(rebalanceExitCode(result)).toBe(3);
});
