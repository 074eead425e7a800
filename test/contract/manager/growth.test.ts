// APPEND of masters: a second coordinator knows what the first one knows, a second datanode gets the rows of new tables only.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasAgents } from "../../support/engine/engine.ts";
import { openSession, type Outcome } from "../../support/engine/session.ts";
import { names, SmallCluster, statuses } from "../../support/engine/small-cluster.ts";

const spare = ["cn_1", "dn_1"] as const;
const perNode = (table: string): string =>
  `select n.node_name, c.rows::int from (select xc_node_id, count(*) as rows from ${table} group by 1) c
   join pgxc_node n on n.node_id = c.xc_node_id order by 1`;

let cluster: SmallCluster;
const run = (statement: string): Promise<Outcome> => cluster.manager.run(statement);

/** Asks the coordinator that was appended. */
async function askNew(statement: string): Promise<Outcome> {
  const owner = cluster.engine.owner ?? "antdb";
  const session = await openSession(
    `postgres://${owner}@${cluster.engine.agents[names.length]!.address}:${cluster.engine.ports.cn}/postgres`,
  );
  const outcome = await session.run(statement);
  await session.close();
  return outcome;
}

async function add(what: string, index: number, port: number): Promise<void> {
  const { address, port: agentPort, folder } = cluster.engine.agents[names.length + index]!;
  const name = spare[index]!;
  const user = cluster.engine.owner === undefined ? "" : `, user=${cluster.engine.owner}`;
  await cluster.must(`add host ${name} (address='${address}', agentport=${agentPort}${user})`, "ADD HOST");
  await cluster.must(`add ${what} ${name} (host=${name}, port=${port}, path='${folder}/data')`, "ADD NODE");
}

describe.skipIf(!hasAgents(names.length + spare.length))("growth", () => {
  beforeAll(async () => {
    cluster = await SmallCluster.start(spare.length);
    expect(statuses(await run("init all")).every(Boolean)).toBe(true);
    await cluster.ask("cn_0", "create table before_growth (id int primary key)");
    await cluster.ask("cn_0", "insert into before_growth select generate_series(1, 100)");
  });
  afterAll(() => cluster.stop());

  test("an appended coordinator sees the old tables and is known to the old coordinator", async () => {
    await add("coordinator master", 0, cluster.engine.ports.cn);
    expect((await run("append coordinator master cn_1")).rows).toEqual([["cn_1", true, "success"]]);
    expect((await run("list node (initialized, incluster) cn_1")).rows).toEqual([[true, true]]);
    expect((await askNew("select count(*)::int from before_growth")).rows).toEqual([[100]]);
    const all = [["cn_0"], ["cn_1"], ["dn_0"], ["gc_0"]];
    expect((await askNew("select node_name from pgxc_node order by 1")).rows).toEqual(all);
    expect((await cluster.ask("cn_0", "select node_name from pgxc_node order by 1")).rows).toEqual(all);
    expect(await run("append coordinator master cn_1")).toMatchObject({
      code: "XX000",
      message: 'coordinator master "cn_1" already exists in cluster',
    });
  }, 180_000);

  test("an appended datanode holds new tables' rows, and old tables' when asked", async () => {
    await add("datanode master", 1, cluster.engine.ports.dn);
    expect((await run("append datanode master dn_1")).rows).toEqual([["dn_1", true, "success"]]);
    expect((await askNew(perNode("before_growth"))).rows).toEqual([["dn_0", 100]]);
    await askNew("create table after_growth (id int primary key)");
    await askNew("insert into after_growth select generate_series(1, 1000)");
    const spread = (await cluster.ask("cn_0", perNode("after_growth"))).rows!;
    expect(spread.map((row) => row[0])).toEqual(["dn_0", "dn_1"]);
    expect(Math.min(...spread.map((row) => Number(row[1])))).toBeGreaterThan(300);
    expect(await cluster.ask("cn_0", "alter table before_growth add node (dn_1)")).toMatchObject({
      tag: "ALTER TABLE",
    });
    const moved = (await askNew(perNode("before_growth"))).rows!;
    expect(moved.map((row) => Number(row[1])).reduce((sum, rows) => sum + rows)).toBe(100);
    expect(moved).toHaveLength(2);
  }, 180_000);
});
