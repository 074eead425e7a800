import { describe, expect, it } from "vitest";
import type { NodeName } from "../../../../hooks/model/topology.ts";
import type { Manager } from "../../../../hooks/ports/manager.ts";
import { bounds, connect, failing, replying } from "../support/manager.ts";
import { startPgServer, type PgServer, type Reply } from "../support/pg-server.ts";

const dn = "dn_0" as NodeName;
const row = (status: string, description: string, more = {}) => ({
  ...more,
  nodename: "dn_0",
  status,
  description,
});

describe("commands whose rows are verdicts", () => {
  it.each([
    [
      "INIT ALL whose summary row says failed",
      "INIT ALL",
      row("t", "failed", { "operation type": "init gtmcoord slave" }),
      (m: Manager) => m.initAll(bounds),
    ],
    [
      "START that failed",
      "START",
      row("f", "pg_ctl: could not start server"),
      (m: Manager) => m.startNode(dn, "datanode master", bounds),
    ],
    ["CLEAN that failed", "CLEAN", row("f", "no"), (m: Manager) => m.cleanAll(bounds)],
    [
      "APPEND that failed",
      "APPEND",
      row("f", "no"),
      (m: Manager) => m.appendNode(dn, "datanode master", bounds),
    ],
  ])("%s throws", async (_, start, answer, run) => {
    await using server = await startPgServer(replying({ [start]: { rows: [answer] } }));
    await using manager = await connect(server);
    await expect(run(manager)).rejects.toMatchObject(
      failing({ class: "retry", code: "manager-row-failed", object: "dn_0" }),
    );
  });

  it.each([
    [
      "START of a node that runs",
      "START",
      "pg_ctl: another server might be running; trying to start server anyway\npg_ctl: could not start server",
      (m: Manager) => m.startNode(dn, "datanode master", bounds),
    ],
    [
      "STOP of a node that is down",
      "STOP",
      'pg_ctl: PID file "/d/postmaster.pid" does not exist\nIs server running?',
      (m: Manager) => m.stopNode(dn, "datanode master", bounds),
    ],
    ["STOP ALL with nodes that were never initialised", "STOP", "failure", (m: Manager) => m.stopAll(bounds)],
  ])("%s does not", async (_, start, description, run) => {
    await using server = await startPgServer(replying({ [start]: { rows: [row("f", description)] } }));
    await using manager = await connect(server);
    await run(manager);
  });

  it("makes a standby synchronous by one ALTER, whose tag is the whole answer", async () => {
    await using server = await startPgServer(replying({}));
    await using manager = await connect(server);
    await manager.makeSynchronous("gcs_0" as NodeName, "gtmcoord slave", bounds);
    expect(server.seen.at(-1)?.text).toBe("ALTER GTMCOORD SLAVE gcs_0 (sync_state='sync')");
  });

  it("takes CLEAN ALL's warning for what it is", async () => {
    const description =
      "WARNING: Failed to clean the tablespace directory, or the tablespace directory does not exist.\nsuccess";
    await using server = await startPgServer(replying({ CLEAN: { rows: [row("t", description)] } }));
    await using manager = await connect(server);
    await manager.cleanAll(bounds);
  });

  it("marks long commands in a session of their own", async () => {
    await using server = await startPgServer(replying({}));
    await using manager = await connect(server);
    await manager.startNode(dn, "datanode master", bounds);
    expect(server.seen.map(({ text }) => text)).toEqual([
      "SELECT pg_advisory_lock_shared(1634628708, 98)",
      "SET command_mode = mgr",
      "SET statement_timeout = 2000",
      "START DATANODE MASTER dn_0",
    ]);
    expect(new Set(server.seen.map(({ session }) => session))).toEqual(new Set([2]));
  });
});

describe("errors", () => {
  const error = (code: string, message: string): Reply => ({ error: { severity: "ERROR", code, message } });
  it.each([
    [
      "XX000",
      "[failed] agent on host(10.0.0.1) may be not running, please check",
      "wait",
      "agent-unreachable",
    ],
    ["XX000", 'gtmcoord master "gc_0" has been initialized', "retry", "already-there"],
    ["XX000", 'append the node: directory "/d" is not empty', "terminal", "volume-holds-data"],
    ["42710", 'host "dn_0" already exists', "retry", "already-there"],
    ["XX000", 'the streaming replication of datanode slave "ds_0" is not normal', "wait", "not-streaming"],
    ["42601", 'syntax error at or near "x"', "bug", "statement-refused"],
    ["57014", "canceling statement due to statement timeout", "unknown-outcome", "timed-out"],
    ["57P01", "terminating connection", "unknown-outcome", "manager-shut-down"],
    ["XX000", "something new", "retry", "manager-error"],
  ])("%s %s", async (code, message, kind, name) => {
    await using server = await startPgServer(replying({ "INIT ALL": error(code, message) }));
    await using manager = await connect(server);
    await expect(manager.initAll(bounds)).rejects.toMatchObject(failing({ class: kind, code: name }));
  });

  it("does not know the outcome of a command whose connection broke", async () => {
    await using server = await startPgServer(replying({ "ADD HOST": "cut" }));
    await using manager = await connect(server);
    const host = { name: "dn_0", address: "10.0.0.1", agentPort: 8432, user: "antdb", home: "/opt" };
    await expect(manager.addHost(host, bounds)).rejects.toMatchObject(failing({ class: "unknown-outcome" }));
  });

  it("does not know the outcome of a command that is never answered: its time and a little more, then the connection is cut", async () => {
    await using server = await startPgServer(replying({ "INIT ALL": "silence" }));
    await using manager = await connect(server);
    await expect(manager.initAll({ ...bounds, timeoutMs: 50 })).rejects.toMatchObject(
      failing({ class: "unknown-outcome" }),
    );
    await manager.writeJournal("begun", bounds);
    expect(server.open()).toBe(1);
  });

  it("cuts the connection when it is told to stop, and opens another for what follows", async () => {
    const stop = new AbortController();
    const reply = (text: string): Reply => {
      if (text !== "INIT ALL") return { rows: [] };
      stop.abort();
      return "silence";
    };
    await using server = await startPgServer({ reply });
    await using manager = await connect(server);
    await expect(manager.initAll({ ...bounds, signal: stop.signal })).rejects.toMatchObject(
      failing({ class: "unknown-outcome" }),
    );
    await manager.writeJournal("begun", bounds);
    expect(server.open()).toBe(1);
  });

  it.each([
    [
      "nobody listens",
      () => Promise.resolve({ port: 1 } as PgServer),
      { class: "wait", code: "manager-down" },
    ],
    [
      "the login is never answered",
      () => startPgServer({ login: "silence", reply: () => "silence" }),
      { class: "wait", code: "manager-unreachable" },
    ],
    [
      "the password is wrong",
      () =>
        startPgServer({
          login: { code: "28P01", message: "password authentication failed" },
          reply: () => "silence",
        }),
      { class: "terminal", code: "password-refused" },
    ],
    [
      "it is starting",
      () => startPgServer({ login: { code: "57P03", message: "starting up" }, reply: () => "silence" }),
      { class: "wait", code: "manager-starting" },
    ],
  ])("%s", async (_, start, facts) => {
    await expect(connect(await start())).rejects.toMatchObject(failing(facts));
  });
});
