// HOST and node definitions: nothing is dialled, so a manager alone is enough.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine, type Engine } from "../../support/engine/engine.ts";
import { openSession, type Session } from "../../support/engine/session.ts";

let engine: Engine;
let manager: Session;

beforeAll(async () => {
  engine = await startEngine(0);
  manager = await openSession(engine.url);
});
afterAll(async () => {
  await manager.close();
  await engine.stop();
});

type Step = readonly [statement: string, outcome: object];
const steps = (list: readonly Step[]): void => {
  test.each(list)("%s", async (statement, outcome) => {
    expect(await manager.run(statement)).toMatchObject(outcome);
  });
};
const error = (code: string, message: string): object => ({ code, message });
const tag = (text: string): object => ({ tag: text });

describe("ADD, ALTER, DROP, LIST HOST", () => {
  steps([
    [
      "add host h1 (address='203.0.113.1', agentport=8432, user=antdb, adbhome='/opt/app/antdb')",
      tag("ADD HOST"),
    ],
    ["add host h1 (address='203.0.113.9')", error("42710", 'host "h1" already exists')],
    [
      "add host if not exists h1 (address='203.0.113.9')",
      { tag: "ADD HOST", notices: ['NOTICE: host "h1" already exists, skipping'] },
    ],
    ["add host h2 (address='203.0.113.1')", error("XX000", 'address "203.0.113.1" is already in host table')],
    [
      "add host h2 (address='dn-0.antdb')",
      error("42601", 'invalid value for parameter "address", is not a valid IPv4 or IPv6 address'),
    ],
    [
      "add host h2 (address='203.0.113.2', agentport=0)",
      error("42601", '0 is outside the valid range for parameter "port" (1 .. 65535)'),
    ],
    ["add host h2 (address='203.0.113.2', adbhome='opt')", error("42601", 'invalid absoulte path: "opt"')],
    [
      "add host h2 (address='203.0.113.2', address='203.0.113.3')",
      error("42601", "conflicting or redundant options"),
    ],
    ["add host h2 (colour='red')", error("42601", 'option "colour" not recognized')],
    ["ADD HOST H2 (ADDRESS='203.0.113.2', user=antdb, agentport 8432)", tag("ADD HOST")],
    ["list host (name, address, agentport) h2", { rows: [["h2", "203.0.113.2", 8432]] }],
    ["list host nobody", error("XX000", 'host name "nobody" does not exist')],
    ["alter host h2 (address='any-name.at.all')", tag("ALTER HOST")],
    ["alter host h2 (address='203.0.113.1')", tag("ALTER HOST")],
    ["alter host h2 (address='')", error("42601", 'invalid value for parameter "address"')],
    ["alter host nobody (address='203.0.113.1')", error("42710", 'host "nobody" does not exist')],
    [
      "drop host if exists nobody",
      { tag: "DROP HOST", notices: ['NOTICE: host "nobody" dose not exist, skipping'] },
    ],
    ["drop host nobody", error("42704", 'host "nobody" dose not exist')],
    ["drop host h2", tag("DROP HOST")],
  ]);

  test("LIST HOST has the catalog's columns and types", async () => {
    const outcome = await manager.run("list host");
    expect(outcome.columns).toEqual([
      ["name", 19],
      ["user", 19],
      ["port", 23],
      ["protocol", 25],
      ["agentport", 23],
      ["address", 25],
      ["adbhome", 25],
    ]);
    expect(outcome.rows).toEqual([["h1", "antdb", 22, "ssh", 8432, "203.0.113.1", "/opt/app/antdb"]]);
  });
});

describe("ADD, ALTER, DROP, LIST of nodes", () => {
  steps([
    ["add gtmcoord master gc_0 (host=h1, port=6655, path='/data/gc_0')", tag("ADD NODE")],
    [
      "add gtmcoord master gc_1 (host=h1, port=6656, path='/data/gc_1')",
      error(
        "42710",
        "Only one gtm coordinator master is supported in the cluster, you can't add gtm coordinator master again.",
      ),
    ],
    [
      "add datanode master gc_0 (host=h1, port=1, path='/x')",
      error("42710", 'the name "gc_0" is already exist in node table'),
    ],
    ["add datanode master dn_0 (host=h9, port=1, path='/x')", error("42601", 'host "h9" does not exist')],
    ["add datanode master dn_0 (host=h1, port=1)", error("42601", 'option "path" must be given')],
    ["add datanode master dn_0 (host=h1, path='/x')", error("42601", 'option "port" must be given')],
    [
      "add datanode master dn_0 (host=h1, port=1, path='/data/gc_0')",
      error("55006", 'on host "h1" the path "/data/gc_0" has already been used in node table'),
    ],
    [
      "add datanode master dn_0 (host=h1, port=6655, path='/x')",
      error("55006", 'on host "h1" the port "6655" has already been used in node table'),
    ],
    [
      "add datanode master dn_0 (host=h1, port=5433, path='/data/dn_0', zone=far)",
      error("42601", 'the node "dn_0" is master type, should be in the current zone "local", not "far" zone'),
    ],
    [
      "add datanode slave ds_0 for dn_0 (host=h1, port=5434, path='/data/ds_0')",
      error("42704", 'datanode master "dn_0" does not exist in mgr_node.'),
    ],
    ["add datanode master dn_0 (host=h1, port=5433, path='/data/dn_0')", tag("ADD NODE")],
    [
      "add datanode slave ds_0 for dn_0 (host=h1, port=5434, path='/data/ds_0', sync_state=potential)",
      {
        tag: "ADD NODE",
        notices: expect.arrayContaining([
          "NOTICE: the master of this node has no synchronous slave node, make this node as synchronous node",
        ]) as unknown,
      },
    ],
    ["add datanode slave ds_1 for dn_0 (host=h1, port=5435, path='/data/ds_1')", tag("ADD NODE")],
    ["add datanode slave ds_2 for ds_0 (host=h1, port=5436, path='/data/ds_2')", tag("ADD NODE")],
    [
      "add datanode slave ds_3 for dn_0 (host=h1, port=5437, path='/data/ds_3', sync_state=maybe)",
      error("42601", 'the sync_state of node can be set as "sync", "potential" or "async"'),
    ],
    ["add coordinator master cn_0 (host=h1, port=5432, path='/data/cn_0')", tag("ADD NODE")],
    [
      "list node (name, type, mastername, sync_state, initialized, incluster) ds_0, ds_1, ds_2",
      {
        rows: [
          ["ds_0", "datanode slave", "dn_0", "sync", false, false],
          ["ds_1", "datanode slave", "dn_0", "potential", false, false],
          ["ds_2", "datanode slave", "ds_0", "async", false, false],
        ],
      },
    ],
    ["list node nobody", error("XX000", 'node name "nobody" does not exist')],
    [
      "list node coordinator",
      { rows: [["cn_0", "h1", "coordinator master", null, 5432, "", "/data/cn_0", false, false, "local"]] },
    ],
    ["alter datanode master dn_0 (port=5533)", tag("ALTER NODE")],
    [
      "alter datanode slave dn_0 (port=5533)",
      error("42704", 'datanode slave "dn_0" does not exist, check the node table'),
    ],
    [
      "alter coordinator master nobody (port=1)",
      error("42704", 'coordinator master "nobody" does not exist'),
    ],
    [
      "drop datanode master dn_0",
      error("55006", 'datanode master "dn_0" has been used by slave, cannot be dropped'),
    ],
    ["drop host h1", error("55006", '"h1" has been used, cannot be dropped')],
    ["drop datanode slave ds_2", tag("DROP NODE")],
    ["drop datanode slave ds_0", tag("DROP NODE")],
    ["list node (name, sync_state) ds_1", { rows: [["ds_1", "sync"]] }],
    ["drop datanode slave ds_1", tag("DROP NODE")],
    ["drop datanode slave ds_1", error("42704", 'datanode slave "ds_1" does not exist')],
  ]);

  test("LIST NODE warns of every node outside the cluster", async () => {
    const outcome = await manager.run("list node");
    expect(outcome.notices).toContain("WARNING: gtmcoord master gc_0 does not in the cluster");
    expect(outcome.columns).toEqual([
      ["name", 19],
      ["host", 19],
      ["type", 25],
      ["mastername", 19],
      ["port", 23],
      ["sync_state", 19],
      ["path", 25],
      ["initialized", 16],
      ["incluster", 16],
      ["zone", 19],
    ]);
  });

  test("the catalogs join as documented", async () => {
    const sql = await openSession(engine.url, "-c command_mode=sql");
    const outcome =
      await sql.run(`select n.nodename, n.nodetype, h.hostname, h.hostaddr, n.nodeport, n.nodeinited, n.nodeincluster,
      n.curestatus, m.nodename as master from mgr_node n join mgr_host h on h.oid = n.nodehost
      left join mgr_node m on m.oid = n.nodemasternameoid order by 1`);
    await sql.close();
    expect(outcome.rows?.[0]).toEqual(["cn_0", "c", "h1", "203.0.113.1", 5432, false, false, "normal", null]);
  });
});

describe("several statements in one query", () => {
  test("are one transaction: the second one's error takes the first one back", async () => {
    const outcome = await manager.run(
      "add host h7 (address='203.0.113.7'); add host h1 (address='203.0.113.8')",
    );
    expect(outcome).toMatchObject({ code: "42710" });
    expect(await manager.run("list host h7")).toMatchObject({ code: "XX000" });
  });

  test("a command that marks what the one before it added sees it", async () => {
    const outcome = await manager.run("add host h8 (address='127.0.0.1', agentport=1); start agent h8");
    expect(outcome.rows?.map((row) => row.slice(0, 2))).toEqual([["h8", false]]);
    expect(await manager.run("drop host h8")).toMatchObject(tag("DROP HOST"));
  });
});

describe("taking it all back", () => {
  steps([
    ["drop coordinator master cn_0", tag("DROP NODE")],
    ["drop datanode master dn_0", tag("DROP NODE")],
    ["drop gtmcoord master gc_0", tag("DROP NODE")],
    ["drop host h1", tag("DROP HOST")],
    ["list node", { rows: [] }],
  ]);
});
