// A datanode joins, and tables that were made before are extended to it: ALTER TABLE … ADD NODE in a transaction that counts rows before and after.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeSpreader } from "../../../hooks/adapters/node/spreader.ts";
import { Secret } from "../../../hooks/kit/secret.ts";
import type { SpreadTable } from "../../../hooks/model/spread-table.ts";
import type { NodeAddress } from "../../../hooks/ports/node.ts";
import type { Spreader } from "../../../hooks/ports/spreader.ts";
import { hasAgents } from "../../support/engine/engine.ts";
import { openSession, type Outcome, type Session } from "../../support/engine/session.ts";
import { names, SmallCluster, statuses, type Name } from "../../support/engine/small-cluster.ts";
import { until } from "../../support/until.ts";

let cluster: SmallCluster;
let spreader: Spreader;
const forever = new AbortController().signal;
const bounds = { timeoutMs: 60_000, signal: forever };
const ask = (statement: string): Promise<Outcome> => cluster.ask("cn_0", statement);
const owner = (): string => cluster.engine.owner ?? "antdb";
const at = (name: Name): NodeAddress => ({
  name,
  address: cluster.addressOf(name),
  port: cluster.portOf(name),
});
const joined = (): NodeAddress => ({
  name: "dn_1",
  address: cluster.engine.agents[names.length]!.address,
  port: cluster.engine.ports.dn,
});
const open = (database = "postgres"): Promise<Session> =>
  openSession(`postgres://${owner()}@${cluster.addressOf("cn_0")}:${cluster.portOf("cn_0")}/${database}`);
const lacking = (): Promise<readonly SpreadTable[]> =>
  spreader.tablesLacking({ coordinator: at("cn_0"), datanodes: [at("dn_0"), joined()] }, bounds);
const extend = (table: Pick<SpreadTable, "database" | "name" | "how">, signal = forever): Promise<number> =>
  spreader.extend(table, { coordinator: at("cn_0"), onto: ["dn_0", "dn_1"] }, { timeoutMs: 60_000, signal });
const named = async (name: string): Promise<SpreadTable> => {
  const found = (await lacking()).find((table) => table.name === name);
  if (found === undefined) throw new Error(`${name} lacks no datanode`);
  return found;
};
/** Rows as the datanode itself has them. */
async function rowsOn(node: NodeAddress, table: string): Promise<number> {
  const session = await openSession(`postgres://${owner()}@${node.address}:${node.port}/postgres`);
  const { rows } = await session.run(`select count(*)::int from ${table}`);
  await session.close();
  return Number(rows?.[0]?.[0]);
}

async function makeTables(): Promise<void> {
  for (const statement of [
    "create table grown (id int primary key, v text)",
    "insert into grown select g, 'x' from generate_series(1, 1000) g",
    "create table copied (id int primary key) distribute by replication",
    "insert into copied select generate_series(1, 50)",
    "create table held (id int)",
    'create table "Odd Name" (id int primary key)',
    'insert into "Odd Name" select generate_series(1, 200)',
    "create database elsewhere",
  ])
    expect((await ask(statement)).code).toBeUndefined();
  const other = await open("elsewhere");
  await other.run("create table far_away (id int)");
  await other.run("insert into far_away select generate_series(1, 100)");
  await other.close();
}

async function join(): Promise<void> {
  const { address, port, folder } = cluster.engine.agents[names.length]!;
  const user = cluster.engine.owner === undefined ? "" : `, user=${cluster.engine.owner}`;
  await cluster.must(`add host dn_1 (address='${address}', agentport=${port}${user})`, "ADD HOST");
  const { dn } = cluster.engine.ports;
  await cluster.must(`add datanode master dn_1 (host=dn_1, port=${dn}, path='${folder}/data')`, "ADD NODE");
  expect((await cluster.manager.run("append datanode master dn_1")).rows).toEqual([
    ["dn_1", true, "success"],
  ]);
}

describe.skipIf(!hasAgents(names.length + 1))("rebalance", () => {
  beforeAll(async () => {
    cluster = await SmallCluster.start(1);
    expect(statuses(await cluster.manager.run("init all")).every(Boolean)).toBe(true);
    await makeTables();
    await join();
    spreader = makeSpreader({
      user: owner(),
      password: new Secret("none"),
      osUser: owner(),
      dataDir: `${cluster.engine.agents[names.indexOf("dn_0")]!.folder}/data`,
      connectTimeoutMs: 30_000,
      client: { role: "app", password: new Secret("none"), database: "app" },
    });
  }, 400_000);
  afterAll(() => cluster.stop());

  test("what does not lie on the new datanode is found in every database, with its size", async () => {
    const tables = new Map((await lacking()).map((table) => [`${table.database}: ${table.name}`, table]));
    expect(tables.get("elsewhere: public.far_away")).toMatchObject({
      how: "hash",
      on: ["dn_0"],
      lacks: ["dn_1"],
    });
    expect(tables.get("postgres: public.copied")).toMatchObject({ how: "replicated" });
    const { heapBytes, indexBytes } = (await named("public.grown")).shares.get("dn_0")!;
    expect(heapBytes).toBeGreaterThan(20_000);
    expect(indexBytes).toBeGreaterThan(8000);
  }, 180_000);

  test("its rows are spread over both, and counted; then it lacks nothing", async () => {
    expect(await extend(await named("public.grown"))).toBe(1000);
    const shares = [await rowsOn(at("dn_0"), "grown"), await rowsOn(joined(), "grown")];
    expect(Math.min(...shares)).toBeGreaterThan(300);
    expect(shares[0]! + shares[1]!).toBe(1000);
    expect((await lacking()).map(({ name }) => name)).not.toContain("public.grown");
    expect(await extend({ database: "postgres", name: "public.grown", how: "hash" })).toBe(1000);
  }, 180_000);

  test("a replicated table gets the whole of it on the new one", async () => {
    expect(await extend(await named("public.copied"))).toBe(50);
    expect(await rowsOn(joined(), "copied")).toBe(50);
    await ask("insert into copied values (51)");
    expect(await rowsOn(joined(), "copied")).toBe(51);
    expect((await ask("select count(*)::int from copied")).rows).toEqual([[51]]);
  }, 180_000);

  test("one whose name needs quotes is moved under another, and keeps its own", async () => {
    const alone = await ask('alter table "Odd Name" add node (dn_1)');
    expect(alone.code).toBeDefined();
    expect(await extend(await named('public."Odd Name"'))).toBe(200);
    expect((await ask('select count(*)::int from "Odd Name"')).rows).toEqual([[200]]);
    expect(await rowsOn(joined(), '"Odd Name"')).toBeGreaterThan(50);
  }, 180_000);

  test("a table that somebody holds is come back to; a move that is called off ends at the server", async () => {
    const holder = await open();
    await holder.run("begin");
    await holder.run("insert into held values (1)");
    const table = await named("public.held");
    await expect(extend(table)).rejects.toMatchObject({ facts: { class: "retry", code: "locked" } });
    const called = new AbortController();
    const moving = extend(table, called.signal);
    const waits = "select count(*)::int from pg_stat_activity where application_name = 'antdb_mover'";
    await until("it waits for the lock", async () =>
      (await ask(waits)).rows?.[0]?.[0] === 1 ? true : undefined,
    );
    called.abort();
    await expect(moving).rejects.toThrow();
    await until("its session is gone", async () =>
      (await ask(waits)).rows?.[0]?.[0] === 0 ? true : undefined,
    );
    await holder.run("commit");
    await holder.close();
    expect(await extend(table)).toBe(1);
  }, 180_000);

  test("what a killed mover left is ended, and its lock with it", async () => {
    await ask("create table orphaned (id int)");
    const orphan = await open();
    await orphan.run("set application_name = 'antdb_mover'");
    await orphan.run("begin");
    await orphan.run("insert into orphaned values (1)");
    expect(await spreader.endOrphans(at("cn_0"), bounds)).toBe(1);
    expect(await spreader.endOrphans(at("cn_0"), bounds)).toBe(0);
    expect((await ask("drop table orphaned")).tag).toBe("DROP TABLE");
    await orphan.close().catch(() => undefined);
  }, 180_000);

  test("nothing is moved while the cluster is locked for a node that joins", async () => {
    const table = await named("public.far_away");
    const url = `postgres://${owner()}@${cluster.addressOf("gc_0")}:${cluster.portOf("gc_0")}/elsewhere`;
    const locked = await openSession(url);
    await locked.run("select pgxc_lock_for_backup()");
    await expect(extend(table)).rejects.toMatchObject({ facts: { class: "wait", code: "cluster-locked" } });
    await locked.close();
    expect(await extend(table)).toBe(100);
    expect((await lacking()).filter(({ database }) => database === "elsewhere")).toEqual([]);
  }, 180_000);

  test("free space is asked of a node's own system, of a standby's too", async () => {
    for (const name of ["dn_0", "ds_0"] as const) {
      const folder = `${cluster.engine.agents[names.indexOf(name)]!.folder}/data`;
      const access = { user: owner(), password: new Secret("none"), osUser: owner(), dataDir: folder };
      const client = { role: "app", password: new Secret("none"), database: "app" };
      const own = makeSpreader({ ...access, connectTimeoutMs: 30_000, client });
      const { dataFreeBytes, walFreeBytes } = await own.roomOn(at(name), bounds);
      expect(dataFreeBytes).toBeGreaterThan(1024 ** 2);
      expect(walFreeBytes).toBeUndefined();
    }
  }, 180_000);
});
