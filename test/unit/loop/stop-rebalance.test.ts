import { describe, expect, it } from "vitest";
import { deadlineIn } from "../../../hooks/kit/deadline.ts";
import { drain } from "../../../hooks/loop/drain.ts";
import { stopRebalance } from "../../../hooks/loop/stop-rebalance.ts";
import { rebalanceExitCode, rebalanceLine, stopLine } from "../../../hooks/report/rebalance.ts";
import { makeTable } from "../../support/fakes/fake-spreader.ts";
import { forever, grown, old, placesOf, rebalanced, three } from "../../support/fakes/rebalances.ts";
import { startProcess } from "../../support/fakes/runs.ts";

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

  it("a drain is refused beside a rebalance", async () => {
    const world = await grown();
    makeTable(world, "public.t", { rows: 10, on: old }).moveMs = 60_000;
    const first = rebalanced(world);
    await world.clock.sleep(1000, forever);
    const deaf = { begin: () => undefined, moved: () => undefined, failed: () => undefined };
    const asked = { node: "dn_1", stop: forever };
    await expect(drain(three, startProcess(world).ports, asked, deaf)).rejects.toMatchObject({
      facts: { class: "retry", code: "mover-held" },
    });
    await first;
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
