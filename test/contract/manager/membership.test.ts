// Who is in the cluster and who is master: REMOVE, CLEAN, APPEND, SWITCHOVER, FAILOVER, REWIND on a small cluster.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeNodes } from "../../../hooks/adapters/node/nodes.ts";
import { Secret } from "../../../hooks/kit/secret.ts";
import type { NodeKind } from "../../../hooks/model/role.ts";
import type { NodeName } from "../../../hooks/model/topology.ts";
import { hasAgents } from "../../support/engine/engine.ts";
import type { Outcome } from "../../support/engine/session.ts";
import { names, SmallCluster, statuses, type Name } from "../../support/engine/small-cluster.ts";
import { until } from "../../support/until.ts";

let cluster: SmallCluster;
const run = (statement: string): Promise<Outcome> => cluster.manager.run(statement);
const ask = (name: Name, statement: string): Promise<Outcome> => cluster.ask(name, statement);
const rows = async (statement: string): Promise<unknown> => (await run(statement)).rows;

const streaming = (slave: Name): Promise<unknown> =>
  until(`${slave} streams`, async () => {
    const outcome = await run(`monitor ha (state) ${slave}`);
    return outcome.rows?.[0]?.[0] === "streaming" ? true : undefined;
  });

/** What MONITOR HA, and so pg_stat_replication, says of whether commits wait for it. */
const told = (slave: Name, sync: string): Promise<unknown> =>
  until(`${slave} is ${sync}`, async () => {
    const outcome = await run(`monitor ha (state, sync_state) ${slave}`);
    const [state, word] = outcome.rows?.[0] ?? [];
    return state === "streaming" && word === sync ? true : undefined;
  });

const awaited = (master: Name, slave: Name): Promise<unknown> =>
  until(`${master} waits for ${slave}`, async () => {
    const outcome = await ask(master, "show synchronous_standby_names");
    return String(outcome.rows?.[0]?.[0]).includes(slave) ? true : undefined;
  });

/** The same as the program reads it. */
async function seenByProgram(master: Name, kind: NodeKind): Promise<unknown> {
  const user = cluster.engine.owner ?? "antdb";
  const password = new Secret("none");
  const client = { role: "app", password, database: "app" };
  const access = { user, password, osUser: user, dataDir: "/d", connectTimeoutMs: 30_000, client };
  const node = { name: master as NodeName, address: cluster.addressOf(master), port: cluster.portOf(master) };
  const bounds = { timeoutMs: 30_000, signal: new AbortController().signal };
  const fact = await makeNodes(access).look(node, { kind, client: false, settings: [] }, bounds);
  return fact.state === "up" ? fact.standbys.map(({ name, state, sync }) => [name, state, sync]) : fact;
}

describe.skipIf(!hasAgents(names.length))("membership", () => {
  beforeAll(async () => {
    cluster = await SmallCluster.start();
    for (const kind of ["gtmcoord", "coordinator", "datanode"])
      await cluster.must(`set ${kind} all (wal_log_hints=on) force`, "SET PARAM");
    const outcome = await run("init all");
    expect(statuses(outcome).every(Boolean)).toBe(true);
    await ask("cn_0", "create table membership (id int primary key)");
    await ask("cn_0", "insert into membership select generate_series(1, 50)");
  });
  afterAll(() => cluster.stop());

  test("APPEND refuses a member, and a master that does not run", async () => {
    expect(await run("append datanode slave ds_0")).toMatchObject({
      code: "XX000",
      message: 'datanode slave "ds_0" already exists in cluster',
    });
    expect(await run("append datanode slave nobody")).toMatchObject({
      code: "XX000",
      message: 'datanode slave "nobody" does not exist or has been inited, incluster.',
    });
  });

  test("REMOVE wants the node stopped, and a coordinator left", async () => {
    expect(await run("remove datanode slave ds_0")).toMatchObject({
      code: "55006",
      message: '"ds_0" is running, stop it first',
    });
    expect(await run("remove datanode master dn_0")).toMatchObject({
      code: "42601",
      message: "it can't remove gtmcoord master, datanode master, only can remove coordinator master.",
    });
    expect(await run("remove coordinator master cn_0")).toMatchObject({
      code: "XX000",
      message: "the cluster only has one coordinator, cannot be removed",
    });
  });

  test("a standby goes and comes back: STOP, REMOVE, CLEAN, APPEND", async () => {
    await run("stop datanode slave ds_0 mode fast");
    const removed = await run("remove datanode slave ds_0");
    expect(removed.tag).toBe("REMOVE NODE");
    expect(removed.notices).toContain('WARNING: the datanode master "dn_0" has no synchronous slave node');
    expect(await rows("list node (sync_state, initialized, incluster) ds_0")).toEqual([
      ["async", false, false],
    ]);
    expect(await run("remove datanode slave ds_0")).toMatchObject({
      code: "42704",
      message: 'datanode slave "ds_0" does not exist in cluster',
    });
    expect((await ask("dn_0", "show synchronous_standby_names")).rows).toEqual([[""]]);
    expect((await run("append datanode slave ds_0")).message).toContain("is not empty");
    expect(statuses(await run("clean datanode slave ds_0"))).toEqual([true]);
    expect(await rows("append datanode slave ds_0")).toEqual([["ds_0", true, "success"]]);
    expect(await rows("list node (initialized, incluster) ds_0")).toEqual([[true, true]]);
    await streaming("ds_0");
  }, 180_000);

  test("APPEND leaves it where REMOVE put it: it streams, and nobody waits for it", async () => {
    expect(await rows("list node (sync_state) ds_0")).toEqual([["async"]]);
    expect((await ask("dn_0", "show synchronous_standby_names")).rows).toEqual([[""]]);
    await told("ds_0", "async");
    expect(await seenByProgram("dn_0", "datanode master")).toEqual([["ds_0", "streaming", "async"]]);
  });

  test("a standby outside can be made synchronous again, without a restart", async () => {
    const started = "select pg_postmaster_start_time()::text";
    const before = await ask("dn_0", started);
    expect(await run("alter datanode slave ds_0 (sync_state='sync')")).toMatchObject({ tag: "ALTER NODE" });
    await awaited("dn_0", "ds_0");
    expect(await rows("list node (sync_state) ds_0")).toEqual([["sync"]]);
    await told("ds_0", "sync");
    expect((await ask("dn_0", started)).rows).toEqual(before.rows);
    // The same again does the same: what was cut off can simply be repeated.
    expect(await run("alter datanode slave ds_0 (sync_state='sync')")).toMatchObject({ tag: "ALTER NODE" });
    await told("ds_0", "sync");
  });

  test("a standby that is away can be made asynchronous, and not synchronous", async () => {
    await run("stop gtmcoord slave gcs_0 mode fast");
    expect(await run("alter gtmcoord slave gcs_0 (sync_state=async)")).toMatchObject({ tag: "ALTER NODE" });
    await until("gc_0 waits for nobody", async () => {
      const outcome = await ask("gc_0", "show synchronous_standby_names");
      return outcome.rows?.[0]?.[0] === "" ? true : undefined;
    });
    expect(await run("alter gtmcoord slave gcs_0 (sync_state='sync')")).toMatchObject({
      code: "XX000",
      message: 'the streaming replication of gtmcoord slave "gcs_0" is not normal',
    });
    expect(await rows("list node (sync_state) gcs_0")).toEqual([["async"]]);
    await run("start gtmcoord slave gcs_0");
    await told("gcs_0", "async");
    expect(await run("alter gtmcoord slave gcs_0 (sync_state='sync')")).toMatchObject({ tag: "ALTER NODE" });
    await awaited("gc_0", "gcs_0");
    await told("gcs_0", "sync");
    expect(await seenByProgram("gc_0", "gtmcoord master")).toEqual([["gcs_0", "streaming", "sync"]]);
  }, 180_000);

  test("a master has no sync_state", async () => {
    expect(await run("alter datanode master dn_0 (sync_state='sync')")).toMatchObject({
      code: "XX000",
      message: "synchronous relationship must set on the slave node",
    });
  });

  test("SWITCHOVER swaps the two of a pair", async () => {
    expect(await run("switchover datanode master dn_0")).toMatchObject({ code: "42601" });
    await streaming("ds_0");
    expect(await rows("switchover datanode slave ds_0")).toEqual([
      ["ds_0", true, "switchover datanode success"],
    ]);
    expect(await rows("list node (name, type, mastername, incluster) dn_0, ds_0")).toEqual([
      ["ds_0", "datanode master", null, true],
      ["dn_0", "datanode slave", "ds_0", true],
    ]);
    expect((await ask("cn_0", "select count(*)::int from membership")).rows).toEqual([[50]]);
    await streaming("dn_0");
  }, 180_000);

  test("FAILOVER of a lost master kicks it out, REWIND brings it back", async () => {
    expect(await run("failover datanode dn_0")).toMatchObject({
      code: "XX000",
      message: "dn_0 does not exist or is not a datanode master node",
    });
    await run("stop datanode master ds_0 mode immediate");
    const outcome = await run("failover datanode ds_0");
    expect(outcome.rows).toEqual([["dn_0", true, "failover datanode success"]]);
    expect(outcome.notices).toContain("NOTICE: ds_0 has been kicked out of the cluster");
    expect(await rows("list node (name, type, mastername, initialized, incluster) dn_0, ds_0")).toEqual([
      ["dn_0", "datanode master", null, true, true],
      ["ds_0", "datanode slave", "dn_0", false, false],
    ]);
    expect((await ask("cn_0", "select count(*)::int from membership")).rows).toEqual([[50]]);
    const rewound = await run("rewind datanode slave ds_0");
    expect(rewound.rows).toEqual([[true]]);
    expect(rewound.columns).toEqual([["mgr_failover_manual_rewind_func", 16]]);
    expect(await rows("list node (initialized, incluster) ds_0")).toEqual([[true, true]]);
    await streaming("ds_0");
  }, 240_000);

  test("FAILOVER of the gtm renames it everywhere", async () => {
    await streaming("gcs_0");
    const outcome = await run("failover gtmcoord gc_0");
    expect(outcome.rows).toEqual([["gcs_0", true, "failover gtmcoord success"]]);
    const gtm = await ask("cn_0", "select node_name from pgxc_node where nodeis_gtm");
    expect(gtm.rows).toEqual([["gcs_0"]]);
    expect((await ask("cn_0", "show agtm_host")).rows).toEqual([[cluster.addressOf("gcs_0")]]);
    await until("rows go in again", async () => {
      const inserted = await ask("cn_0", "insert into membership values (51) on conflict do nothing");
      return inserted.tag?.startsWith("INSERT") === true ? true : undefined;
    });
  }, 240_000);
});
