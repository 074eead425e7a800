import { describe, expect, it } from "vitest";
import { makeTable } from "../../support/fakes/fake-spreader.ts";
import { refusal, run, stage, type Stage } from "../../support/fakes/stage.ts";

describe("rebalance", () => {
  async function withOldTable(): Promise<Stage> {
    const on = stage();
    await run(on, "reconcile");
    makeTable(on.world, "public.t", { rows: 100, on: ["dn_0"] });
    on.printed.length = 0;
    return on;
  }

  it("status says that tables do not lie everywhere, and what to type", async () => {
    const on = await withOldTable();
    await run(on, "status");
    expect(on.printed.join("")).toContain("1 table, 97.7 KiB, lies on 1 of 2 datanodes: antdb rebalance");
    await run(on, "rebalance");
    on.printed.length = 0;
    await run(on, "status");
    expect(on.printed.join("")).not.toContain("rebalance");
  });

  it("prints what it would do and does not do it", async () => {
    const on = await withOldTable();
    expect(await run(on, "rebalance", "--dry-run")).toEqual({
      exitCode: 0,
      line: "rebalance: nothing was changed, 1 table would be moved",
    });
    expect(on.printed.join("")).toContain("app: public.t: hash, about 100 rows, 97.7 KiB, on dn_0; would");
    on.printed.length = 0;
    await run(on, "rebalance", "--dry-run", "-o", "json");
    expect(JSON.parse(on.printed.join(""))).toMatchObject({
      tables: [{ database: "app", table: "public.t", on: ["dn_0"], lacks: ["dn_1"], rows: 100 }],
      leftAlone: [],
    });
  });

  it("prints its progress, or one JSON document at the end", async () => {
    const on = await withOldTable();
    expect(await run(on, "rebalance", "--deadline", "600")).toMatchObject({ exitCode: 0 });
    expect(on.printed.join("")).toMatch(/1\/1 app: public\.t: 100 rows before and after/);
    on.printed.length = 0;
    await run(on, "rebalance", "-o", "json");
    expect(JSON.parse(on.printed.join(""))).toMatchObject({ end: "done", moved: 0 });
  });

  it("moves only what it is asked to", async () => {
    const on = await withOldTable();
    const wanted = ["--tables", "sales.*", "--database", "app"];
    expect((await run(on, "rebalance", ...wanted)).line).toContain("nothing to do");
    expect([...(on.world.tables[0]?.rows.keys() ?? [])]).toEqual(["dn_0"]);
  });

  it("--stop says that nobody moves tables", async () => {
    expect(await run(await withOldTable(), "rebalance", "--stop")).toEqual({
      exitCode: 0,
      line: "rebalance: nobody moves tables",
    });
  });

  it.each([
    [["rebalance", "--mode", "off"], "off"],
    [["rebalance", "--order", "random"], "random"],
    [["rebalance", "--deadline", "soon"], "--deadline is not a number"],
  ])("%j is refused", async (args, says) => {
    expect(await refusal(...args)).toContain(says);
  });
});
