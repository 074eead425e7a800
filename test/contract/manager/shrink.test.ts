// A datanode is emptied and taken out: what REMOVE refuses is done by DROP NODE on every list at once and two flags in the manager's catalog.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makePlacement } from "../../../hooks/adapters/node/placement.ts";
import { Secret } from "../../../hooks/kit/secret.ts";
import type { NodeAddress } from "../../../hooks/ports/node.ts";
import type { Placement } from "../../../hooks/ports/placement.ts";
import { hasAgents } from "../../support/engine/engine.ts";
import { openSession, type Outcome } from "../../support/engine/session.ts";
import { names, SmallCluster, statuses, type Name } from "../../support/engine/small-cluster.ts";

let cluster: SmallCluster;
let placement: Placement;
const run = (statement: string): Promise<Outcome> => cluster.manager.run(statement);
const ask = (statement: string): Promise<Outcome> => cluster.ask("cn_0", statement);
const bounds = { timeoutMs: 60_000, signal: new AbortController().signal };
const at = (name: Name): NodeAddress => ({
  name,
  address: cluster.addressOf(name),
  port: cluster.portOf(name),
});
const spare = (): NodeAddress => ({
  name: "dn_1",
  address: cluster.engine.agents[names.length]!.address,
  port: cluster.engine.ports.dn,
});
const tables = async (): Promise<unknown> =>
  (await placement.tablesOn({ coordinator: at("cn_0"), datanode: spare() }, bounds)).map(
    ({ database, name }) => `${database}: ${name}`,
  );
const unlist = (): Promise<void> =>
  placement.unlist({ gtm: at("gc_0"), holders: [at("gc_0"), at("cn_0")], datanode: spare() }, bounds);

/** A second datanode with its share of two tables, one of them in a database of its own. */
async function grow(): Promise<void> {
  const { address, port, folder } = cluster.engine.agents[names.length]!;
  const user = cluster.engine.owner === undefined ? "" : `, user=${cluster.engine.owner}`;
  await cluster.must(`add host dn_1 (address='${address}', agentport=${port}${user})`, "ADD HOST");
  const { dn } = cluster.engine.ports;
  await cluster.must(`add datanode master dn_1 (host=dn_1, port=${dn}, path='${folder}/data')`, "ADD NODE");
  expect((await run("append datanode master dn_1")).rows).toEqual([["dn_1", true, "success"]]);
  await ask("create table shrinking (id int primary key)");
  await ask("insert into shrinking select generate_series(1, 1000)");
  await ask("create database elsewhere");
  const other = await openSession(urlOf("cn_0", "elsewhere"));
  expect(await other.run("create table far_away (id int)")).toMatchObject({ tag: "CREATE TABLE" });
  await other.run("insert into far_away select generate_series(1, 100)");
  await other.close();
}

const urlOf = (name: Name, database: string): string =>
  `postgres://${cluster.engine.owner ?? "antdb"}@${cluster.addressOf(name)}:${cluster.portOf(name)}/${database}`;

describe.skipIf(!hasAgents(names.length + 1))("shrink", () => {
  beforeAll(async () => {
    cluster = await SmallCluster.start(1);
    expect(statuses(await run("init all")).every(Boolean)).toBe(true);
    await grow();
    const user = cluster.engine.owner ?? "antdb";
    const client = { role: "app", password: new Secret("none"), database: "app" };
    const dataDir = "/var/lib/antdb/data";
    const access = {
      user,
      password: new Secret("none"),
      osUser: user,
      dataDir,
      connectTimeoutMs: 30_000,
      client,
    };
    placement = makePlacement(access);
  }, 400_000);
  afterAll(() => cluster.stop());

  test("what lies on it is found in every database, and it is taken off no list meanwhile", async () => {
    expect(await tables()).toEqual(
      expect.arrayContaining(["elsewhere: public.far_away", "postgres: public.shrinking"]),
    );
    await expect(unlist()).rejects.toMatchObject({ facts: { code: "holds-rows", object: "dn_1" } });
    expect((await ask("select node_name from pgxc_node where node_name = 'dn_1'")).rows).toEqual([["dn_1"]]);
  }, 180_000);

  test("tables are moved off one at a time, their rows counted before and after", async () => {
    const where = { coordinator: at("cn_0"), datanode: spare() };
    const moved: Record<string, number> = {};
    for (const table of await placement.tablesOn(where, bounds))
      moved[table.name] = await placement.moveOff(table, where, bounds);
    expect(moved).toEqual({ "public.far_away": 100, "public.shrinking": 1000 });
    expect(await tables()).toEqual([]);
    expect((await ask("select count(*)::int from shrinking")).rows).toEqual([[1000]]);
  }, 180_000);

  test("a table that somebody holds is left where it is", async () => {
    await ask("create table held (id int)");
    const where = { coordinator: at("cn_0"), datanode: spare() };
    const [table] = await placement.tablesOn(where, bounds);
    const holder = await openSession(urlOf("cn_0", "postgres"));
    await holder.run("begin");
    await holder.run("insert into held values (1)");
    await expect(placement.moveOff(table!, where, { ...bounds, timeoutMs: 20_000 })).rejects.toThrow(
      /it is in use/,
    );
    await holder.run("commit");
    await holder.close();
    expect(await placement.moveOff(table!, where, bounds)).toBe(1);
  }, 180_000);

  test("the lock refuses DDL, in its own database only", async () => {
    const locked = await openSession(urlOf("gc_0", "postgres"));
    expect(await locked.run("select pgxc_lock_for_backup()")).toMatchObject({ rows: [[true]] });
    expect(await ask("create table under_lock (id int)")).toMatchObject({
      code: "25006",
      message: "cannot execute CREATE TABLE in a locked cluster",
    });
    const second = await openSession(urlOf("gc_0", "postgres"));
    expect(await second.run("select pgxc_lock_for_backup()")).toMatchObject({
      code: "55P03",
      message: "cannot lock cluster for backup, lock is already held",
    });
    await second.close();
    const other = await openSession(urlOf("cn_0", "elsewhere"));
    expect(await other.run("create table not_under_lock (id int)")).toMatchObject({
      tag: "CREATE TABLE",
    });
    expect(await other.run("drop table not_under_lock")).toMatchObject({ tag: "DROP TABLE" });
    await other.close();
    expect(await ask("insert into shrinking values (1001)")).toMatchObject({ tag: "INSERT 0 1" });
    await locked.close();
  }, 180_000);

  test("an empty one is taken off every list, struck out, and forgotten; the cluster goes on without it", async () => {
    await unlist();
    for (const name of ["gc_0", "cn_0"] as const)
      expect(
        (await cluster.ask(name, "select node_name from pgxc_node where node_name like 'dn%'")).rows,
      ).toEqual([["dn_0"]]);
    expect(await run("stop datanode master dn_1 mode fast")).toMatchObject({
      rows: [["dn_1", true, "success"]],
    });
    expect(await run("remove datanode master dn_1")).toMatchObject({ code: "42601" });
    expect(await run("drop datanode master dn_1")).toMatchObject({ code: "55006" });
    const sql = await openSession(cluster.engine.url, "-c command_mode=sql");
    const flags =
      "update pg_catalog.mgr_node set nodeinited = false, nodeincluster = false where nodename = 'dn_1' and nodetype = 'd'";
    expect(await sql.run(flags)).toMatchObject({ tag: "UPDATE 1" });
    await sql.close();
    // Its directory stays, and refuses the next node that is made there; here nobody wants the rows any more.
    expect(await run("clean datanode master dn_1")).toMatchObject({
      // A manager that looks for tablespaces first complains that there are none.
      rows: [["dn_1", true, expect.stringMatching(/success$/) as string]],
    });
    expect((await run("drop datanode master dn_1")).tag).toBe("DROP NODE");
    expect((await run("drop host dn_1")).tag).toBe("DROP HOST");
    expect((await run("flush host")).tag).toBe("FLUSH HOST");
    expect(await ask("create table afterwards (id int)")).toMatchObject({ tag: "CREATE TABLE" });
    await ask("insert into afterwards select generate_series(1, 10)");
    expect((await ask("select count(*)::int from afterwards")).rows).toEqual([[10]]);
    expect((await ask("select count(*)::int from shrinking")).rows).toEqual([[1001]]);
  }, 180_000);
});
