// SET and RESET: what the catalog keeps of them, what nodes get, and when.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasAgents } from "../../support/engine/engine.ts";
import type { Outcome } from "../../support/engine/session.ts";
import { names, SmallCluster, statuses, type Name } from "../../support/engine/small-cluster.ts";
import { until } from "../../support/until.ts";

let cluster: SmallCluster;
const run = (statement: string): Promise<Outcome> => cluster.manager.run(statement);
const ask = (name: Name, statement: string): Promise<Outcome> => cluster.ask(name, statement);

type Step = readonly [statement: string, outcome: object];
const steps = (list: readonly Step[]): void => {
  test.each(list)("%s", async (statement, outcome) => {
    expect(await run(statement)).toMatchObject(outcome);
  });
};
const error = (code: string, message: string): object => ({ code, message });
const tag = (text: string): object => ({ tag: text });

describe.skipIf(!hasAgents(names.length))("parameters", () => {
  beforeAll(async () => {
    cluster = await SmallCluster.start();
  });
  afterAll(() => cluster.stop());

  const sharedWorkMem = ["*", "datanode master|slave", "work_mem", "'8MB'"];

  describe("parameters before INIT ALL", () => {
    steps([
      [
        "set datanode all (wal_log_hints=on)",
        error("42704", 'unrecognized configuration parameter "wal_log_hints"'),
      ],
      ["set datanode all (wal_log_hints=on) force", tag("SET PARAM")],
      ["set datanode all (wal_log_hints=on) force", tag("SET PARAM")],
      ["set datanode master dn_0 (work_mem='8 MB') force", tag("SET PARAM")],
      ["set datanode master nobody (work_mem=1) force", error("42704", 'the node "nobody" does not exist')],
      ["set coordinator all (port=1) force", { code: "55006" }],
      [
        "list param",
        {
          rows: [
            ["*", "datanode master|slave", "wal_log_hints", "on"],
            ["dn_0", "datanode master", "work_mem", "'8 MB'"],
          ],
        },
      ],
      [
        "list param datanode master all wal",
        { rows: [["*", "datanode master|slave", "wal_log_hints", "on"]] },
      ],
      ["reset datanode master dn_0 (work_mem) force", tag("RESET PARAM")],
      ["reset datanode all (no_such_thing) force", tag("RESET PARAM")],
      ["set datanode all (work_mem='8MB', auto_explain.log_min_duration='1s') force", tag("SET PARAM")],
      ["set datanode master dn_0 (work_mem='16MB') force", tag("SET PARAM")],
      [
        "list param datanode master all work",
        { rows: [sharedWorkMem, ["dn_0", "datanode master", "work_mem", "'16MB'"]] },
      ],
      // What all have needs no row of its own.
      ["set datanode master dn_0 (work_mem='8MB') force", tag("SET PARAM")],
      ["list param datanode master all work", { rows: [sharedWorkMem] }],
      // A node's RESET keeps what all have from it.
      ["reset datanode master dn_0 (work_mem) force", tag("RESET PARAM")],
      [
        "list param datanode master all work",
        { rows: [sharedWorkMem, ["dn_0", "datanode master", "work_mem", "--"]] },
      ],
      // A SET for all takes nodes' rows away.
      ["set datanode all (work_mem='8MB') force", tag("SET PARAM")],
      ["list param datanode master all work", { rows: [sharedWorkMem] }],
      [
        "reset datanode all (wal_log_hints, work_mem, auto_explain.log_min_duration) force",
        tag("RESET PARAM"),
      ],
      ["list param", { rows: [] }],
    ]);
  });

  describe("after INIT ALL", () => {
    beforeAll(async () => {
      expect(statuses(await run("init all")).every(Boolean)).toBe(true);
    });

    const told = async (): Promise<unknown> =>
      (
        await ask(
          "dn_0",
          "select name, setting, pending_restart from pg_settings where name in ('max_datanodes', 'work_mem') order by 1",
        )
      ).rows;

    test("with FORCE they are written, and neither checked nor reloaded", async () => {
      expect(await run("set datanode all (max_datanodes=64, work_mem='7MB') force")).toMatchObject({
        tag: "SET PARAM",
      });
      expect(await told()).toEqual([
        ["max_datanodes", "16", false],
        ["work_mem", "4096", false],
      ]);
      const written =
        "select name, setting from pg_file_settings where name in ('max_datanodes', 'work_mem') order by 1";
      expect((await ask("dn_0", written)).rows).toEqual([
        ["max_datanodes", "64"],
        ["work_mem", "7MB"],
      ]);
    });

    test("a reload gives sessions what they can have, and says what waits for a restart", async () => {
      await ask("dn_0", "select pg_reload_conf()");
      await until("the file is read", async () => {
        const now = JSON.stringify(await told());
        return now ===
          JSON.stringify([
            ["max_datanodes", "16", true],
            ["work_mem", "7168", false],
          ])
          ? true
          : undefined;
      });
      expect(await run("stop datanode master dn_0 mode fast")).toMatchObject({
        rows: [["dn_0", true, "success"]],
      });
      expect(await run("start datanode master dn_0")).toMatchObject({ rows: [["dn_0", true, "success"]] });
      expect(await told()).toEqual([
        ["max_datanodes", "64", false],
        ["work_mem", "7168", false],
      ]);
    });

    test("RESET with FORCE takes them out of file and catalog", async () => {
      expect(await run("reset datanode all (max_datanodes, work_mem) force")).toMatchObject({
        tag: "RESET PARAM",
      });
      expect((await run("list param datanode master all work")).rows).toEqual([]);
      const left = await ask(
        "dn_0",
        "select count(*)::int from pg_file_settings where name in ('max_datanodes', 'work_mem')",
      );
      expect(left.rows).toEqual([[0]]);
      await ask("dn_0", "select pg_reload_conf()");
    });
  });
});
