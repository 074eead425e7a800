// One small cluster from definition to CLEAN ALL: gc with a standby, a coordinator, a datanode with a standby.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasAgents, isStandIn } from "../../support/engine/engine.ts";
import type { Outcome } from "../../support/engine/session.ts";
import { initRows, names, SmallCluster, statuses, type Name } from "../../support/engine/small-cluster.ts";
import { until } from "../../support/until.ts";

let cluster: SmallCluster;
const run = (statement: string): Promise<Outcome> => cluster.manager.run(statement);
const ask = (name: Name, statement: string): Promise<Outcome> => cluster.ask(name, statement);
const addressOf = (name: Name): string => cluster.addressOf(name);

describe.skipIf(!hasAgents(names.length))("a cluster's life", () => {
  beforeAll(async () => {
    cluster = await SmallCluster.start();
  });
  afterAll(async () => {
    await cluster.stop();
  });

  test("every agent is seen, every directory is empty", async () => {
    const agents = await run("monitor agent all");
    expect(agents.rows).toEqual(names.map((name) => [name, true, "running"]));
    const sizes = await run("list node size all");
    expect(sizes.columns?.map(([name]) => name)).toEqual([
      "nodename",
      "type",
      "port",
      "nodepath",
      "nodesize",
    ]);
    expect(sizes.rows?.map((row) => row[4])).toEqual(names.map(() => "0"));
  });

  test("before INIT ALL nothing starts, and stopping fails, row by row", async () => {
    const started = await run("start all");
    expect(started.rows).toContainEqual([
      "start gtmcoord master",
      "gc_0",
      false,
      'gtmcoord master "gc_0" has not been initialized',
    ]);
    expect(statuses(started)).toEqual(names.map(() => false));
    expect(statuses(await run("stop all mode fast"))).toEqual(names.map(() => false));
    expect((await run("monitor all")).rows).toHaveLength(names.length);
  });

  test("INIT ALL makes a cluster", async () => {
    for (const kind of ["gtmcoord", "coordinator", "datanode"])
      expect(await run(`set ${kind} all (wal_log_hints=on) force`)).toMatchObject({ tag: "SET PARAM" });
    const outcome = await run("init all");
    expect(outcome.columns).toEqual([
      ["operation type", 25],
      ["nodename", 19],
      ["status", 16],
      ["description", 25],
    ]);
    expect(outcome.rows?.map((row) => row.slice(0, 3))).toEqual(initRows);
    // First, because a NOTICE says why, where the summary row of the standbys only says `failed`.
    expect(outcome.notices.filter((notice) => notice.includes("[ERROR]"))).toEqual([]);
    expect(outcome.rows?.map((row) => row[3])).toEqual(outcome.rows?.map(() => "success"));
    expect(outcome.notices.join("\n")).toContain("NOTICE: [SUCCESS] host(");
    const flags = await run("list node (initialized, incluster)");
    expect(flags.rows).toEqual(names.map(() => [true, true]));
  }, 300_000);

  test("a second INIT ALL is an ERROR and changes nothing", async () => {
    expect(await run("init all")).toMatchObject({
      code: "XX000",
      message: 'gtmcoord master "gc_0" has been initialized',
    });
    expect((await run("list node (incluster)")).rows).toEqual(names.map(() => [true]));
  });

  test("coordinator and gc know every master, and the settings came with INIT ALL", async () => {
    const peers = [
      ["cn_0", addressOf("cn_0")],
      ["dn_0", addressOf("dn_0")],
      ["gc_0", addressOf("gc_0")],
    ];
    for (const name of ["gc_0", "cn_0"] as const)
      expect((await ask(name, "select node_name, node_host from pgxc_node order by 1")).rows).toEqual(peers);
    expect((await ask("dn_0", "show wal_log_hints")).rows).toEqual([["on"]]);
    expect((await ask("gc_0", "show synchronous_standby_names")).rows).toEqual([["1 (gcs_0)"]]);
  });

  test("MONITOR shows every node running, MONITOR HA both standbys streaming", async () => {
    const nodes = await run("monitor all");
    expect(nodes.columns?.map(([name]) => name)).toEqual([
      "nodename",
      "nodetype",
      "status",
      "description",
      "host",
      "port",
      "recovery",
      "boot time",
      "nodezone",
    ]);
    expect(nodes.rows?.map((row) => [row[0], row[2], row[3], row[6]])).toEqual(
      names.map((name) => [name, true, "running", name.includes("s_") ? "true" : "false"]),
    );
    const standbys = await until("both standbys stream", async () => {
      const outcome = await run("monitor ha (nodename, state, sync_state)");
      return outcome.rows?.every((row) => row[1] === "streaming") === true ? outcome : undefined;
    });
    expect(standbys.rows).toEqual([
      ["ds_0", "streaming", "sync"],
      ["gcs_0", "streaming", "sync"],
    ]);
  });

  test("rows go in through the coordinator", async () => {
    expect(await ask("cn_0", "create table contract_rows (id int primary key, word text)")).toMatchObject({
      tag: "CREATE TABLE",
    });
    expect(
      await ask("cn_0", "insert into contract_rows select g, 'w' from generate_series(1, 100) g"),
    ).toMatchObject({ tag: "INSERT 0 100" });
    expect((await ask("cn_0", "select count(*)::int from contract_rows")).rows).toEqual([[100]]);
  });

  test("named START of a running node and named STOP of a stopped one are rows with f; the ALL forms are t again", async () => {
    const again = await run("start datanode master dn_0");
    expect(again.rows?.[0]?.slice(0, 2)).toEqual(["dn_0", false]);
    expect(again.rows?.[0]?.[2]).toContain("another server might be running");
    expect((await run("stop datanode slave ds_0 mode fast")).rows).toEqual([["ds_0", true, "success"]]);
    expect((await run("stop datanode slave ds_0 mode fast")).rows?.[0]?.slice(0, 2)).toEqual(["ds_0", false]);
    expect(statuses(await run("start all"))).toEqual(names.map(() => true));
  });

  test("errors that name the node", async () => {
    expect(await run("start datanode master nobody")).toMatchObject({
      code: "42704",
      message: 'datanode master "nobody" does not exist',
    });
    expect(await run("start datanode master ds_0")).toMatchObject({
      code: "42601",
      message: 'the type of  ds_0 is not right, use "list node" to check',
    });
    expect(await run("drop coordinator master cn_0")).toMatchObject({
      code: "55006",
      message: 'coordinator master "cn_0" has been initialized in the cluster, cannot be dropped',
    });
    expect(await run("clean coordinator master cn_0")).toMatchObject({
      code: "55006",
      message: 'coordinator master "cn_0" already exists in cluster, cannot be cleaned',
    });
    expect(await run("clean all")).toMatchObject({ code: "55006" });
    expect(await run("alter host cn_0 (user=other)")).toMatchObject({
      code: "55006",
      message: '"cn_0" has been used, cannot be changed',
    });
  });

  test("ALTER HOST of a member's address checks nothing and warns", async () => {
    const outcome = await run(`alter host cn_0 (address='${addressOf("cn_0")}')`);
    expect(outcome).toMatchObject({ tag: "ALTER HOST" });
    expect(outcome.notices.join("\n")).toContain('need using the command "flush host"');
  });

  test("two hosts with one address: a ping errs or asks about the wrong node", async () => {
    expect(await run(`alter host dn_0 (address='${addressOf("cn_0")}')`)).toMatchObject({
      tag: "ALTER HOST",
    });
    expect(await run("monitor datanode master dn_0")).toMatchObject({
      code: "XX000",
      message: `port "${cluster.portOf("dn_0")}" does not exist in the node table`,
    });
    expect(await run(`alter host dn_0 (address='${addressOf("dn_0")}')`)).toMatchObject({
      tag: "ALTER HOST",
    });
  });

  test("parameters are known after INIT ALL, written and reloaded", async () => {
    expect(await run("set datanode all (no_such_thing=1)")).toMatchObject({ code: "42704" });
    const misfit = await run("set datanode all (wal_log_hints=maybe)");
    expect(misfit.tag).toBe("SET PARAM");
    expect(misfit.notices).toContain('WARNING: parameter "wal_log_hints" requires a Boolean value');
    expect((await run("list param datanode master all hints")).rows?.map((row) => row[3])).toEqual(["on"]);
    expect(await run("set datanode all (log_min_duration_statement=12345)")).toMatchObject({
      tag: "SET PARAM",
    });
    await until("the value is live", async () => {
      const outcome = await ask("dn_0", "show log_min_duration_statement");
      return outcome.rows?.[0]?.[0] === "12345ms" ? true : undefined;
    });
    const restart = await run("set datanode all (max_connections=150)");
    expect(restart.notices.join("\n")).toContain(
      'parameter "max_connections" cannot be changed without restarting the server',
    );
  });

  test("FLUSH HOST restarts every standby, also where nothing moved", async () => {
    const started = (await ask("ds_0", "select pg_postmaster_start_time()::text")).rows;
    expect(await run("flush host")).toMatchObject({ tag: "FLUSH HOST" });
    expect((await ask("ds_0", "select pg_postmaster_start_time()::text")).rows).not.toEqual(started);
  });

  test("without the gc there is no MONITOR and no FLUSH HOST; the agents are seen all the same", async () => {
    await run("stop gtmcoord master gc_0 mode fast");
    await until("the gc is gone", async () =>
      (await ask("gc_0", "select 1")).code === "ECONNREFUSED" ? true : undefined,
    );
    expect(await run("monitor all")).toMatchObject({ message: "gtmcoord master gc_0 is not running" });
    expect(await run("flush host")).toMatchObject({
      code: "XX000",
      message: 'gtmcoord master "gc_0" is not running, so you can\'t perform the current operation.',
    });
    expect(statuses(await run("monitor agent all"))).toEqual(names.map(() => true));
    await until("the gc is up", async () =>
      statuses(await run("start gtmcoord all")).every(Boolean) ? true : undefined,
    );
  });

  test.runIf(isStandIn)(
    "a dead agent: a row for MONITOR AGENT, an ERROR for START ALL and FLUSH HOST",
    async () => {
      await cluster.engine.killAgent!(names.indexOf("ds_0"));
      const agents = await run("monitor agent ds_0");
      expect(agents.rows).toEqual([["ds_0", false, "not running"]]);
      expect(await run("start all")).toMatchObject({
        code: "XX000",
        message: `[failed] agent on host(${addressOf("ds_0")}) may be not running, please check the agent is running, cmd(START DATANODE BACKEND).`,
      });
      expect(await run("flush host")).toMatchObject({
        code: "XX000",
        message: 'hostname "ds_0" : agent is not running',
      });
      expect((await run("list node size ds_0")).notices).toContain(
        'INFO: ndoename "ds_0" : agent is not running',
      );
      await cluster.engine.reviveAgent!(names.indexOf("ds_0"));
    },
  );

  test("STOP ALL and CLEAN ALL take it back to definitions", async () => {
    expect(statuses(await run("stop all mode fast"))).toEqual(names.map(() => true));
    expect(statuses(await run("clean all"))).toEqual(names.map(() => true));
    expect((await run("list node (initialized, incluster)")).rows).toEqual(names.map(() => [false, false]));
    expect(statuses(await run("clean all"))).toEqual(names.map(() => true));
    const standbysFirst = ["datanode slave ds_0", "datanode master dn_0", "coordinator master cn_0"];
    for (const name of [...standbysFirst, "gtmcoord slave gcs_0", "gtmcoord master gc_0"])
      expect(await run(`drop ${name}`)).toMatchObject({ tag: "DROP NODE" });
    expect(await run(`drop host ${names.join(", ")}`)).toMatchObject({ tag: "DROP HOST" });
  });
});
