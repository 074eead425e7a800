// SET CLUSTER INIT, and the one transaction that gives a manager its lost catalog back: no agent is dialled, so a manager alone is enough.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rebuildCatalog } from "../../../hooks/adapters/manager/rebuild.ts";
import { ManagerSessions } from "../../../hooks/adapters/manager/sessions.ts";
import { Secret } from "../../../hooks/kit/secret.ts";
import type { RebuiltCatalog } from "../../../hooks/model/kept-catalog.ts";
import type { NodeKind } from "../../../hooks/model/role.ts";
import type { ManagerNode } from "../../../hooks/model/snapshot.ts";
import type { NodeName } from "../../../hooks/model/topology.ts";
import { startEngine, type Engine } from "../../support/engine/engine.ts";
import { openSession, type Session } from "../../support/engine/session.ts";

let engine: Engine;
let manager: Session;
let sql: Session;

beforeAll(async () => {
  engine = await startEngine(0);
  manager = await openSession(engine.url);
  sql = await openSession(engine.url, "-c command_mode=sql");
});
afterAll(async () => {
  await takeBack();
  await Promise.all([manager.close(), sql.close()]);
  await engine.stop();
});

async function takeBack(): Promise<void> {
  await sql.run("update pg_catalog.mgr_node set nodeinited = false, nodeincluster = false");
  for (const part of ["slave", "master"])
    for (const [type, name] of (await manager.run("list node (type, name)")).rows ?? [])
      if (String(type).endsWith(part)) await manager.run(`drop ${String(type)} ${String(name)}`);
  for (const [host] of (await manager.run("list host (name)")).rows ?? [])
    await manager.run(`drop host ${String(host)}`);
  await sql.run("delete from mgr_updateparm");
  await sql.run("drop schema if exists antdb_hooks cascade");
}

const nodes = async (): Promise<unknown> =>
  (await manager.run("list node (name, type, mastername, sync_state, initialized, incluster)")).rows;
const hosts = async (): Promise<unknown> => (await manager.run("list host (name, address)")).rows;

const row = (name: string, kind: NodeKind, more: Partial<ManagerNode> = {}): ManagerNode => ({
  name: name as NodeName,
  kind,
  host: name,
  port: 5433,
  path: "/var/lib/antdb/data",
  sync: "",
  initialised: true,
  inCluster: true,
  ...more,
});

const standbyOf = (master: string, sync: string): Partial<ManagerNode> => ({
  master: master as NodeName,
  sync,
});

const catalog: RebuiltCatalog = {
  hosts: ["gc_0", "cn_0", "dn_0", "ds_0", "ds_9", "cn_7"].map((name, index) => ({
    name,
    address: `203.0.113.${index + 1}`,
    agentPort: 8432,
  })),
  nodes: [
    row("gc_0", "gtmcoord master"),
    row("cn_0", "coordinator master"),
    row("dn_0", "datanode slave", standbyOf("ds_0", "async")),
    row("ds_0", "datanode master"),
    row("ds_9", "datanode slave", standbyOf("ds_0", "sync")),
    row("cn_7", "coordinator master", { initialised: true, inCluster: false }),
  ],
  parameters: [{ node: "*", kind: "D", key: "work_mem", value: "'64MB'" }],
  parameterNotes: [{ node: "*", letter: "D", key: "work_mem" }],
  departures: [{ node: "cn_8" as NodeName, kind: "coordinator master", bytes: 40_000_000 }],
};

function rebuild(change: Partial<RebuiltCatalog> = {}): Promise<void> {
  const { hostname, port, username } = new URL(engine.url);
  const access = { address: hostname, port: Number(port), user: username, connectTimeoutMs: 3000 };
  const bounds = { timeoutMs: 20_000, signal: new AbortController().signal };
  const log = { write: () => undefined };
  const run = async (): Promise<void> => {
    await using sessions = new ManagerSessions({ ...access, password: new Secret("none") }, log);
    await rebuildCatalog(
      sessions,
      { ...catalog, ...change },
      { user: "antdb", home: "/opt/app/antdb" },
      bounds,
    );
  };
  return run();
}

describe("SET CLUSTER INIT", () => {
  test("makes every row a member's, and rolls back with the transaction it is in", async () => {
    await manager.run("add host h1 (address='203.0.113.1', agentport=8432, user=antdb)");
    await manager.run("add gtmcoord master g1 (host=h1, port=6655, path='/data/g1')");
    await sql.run("begin");
    await sql.run("set command_mode to mgr");
    await sql.run("add coordinator master c1 (host=h1, port=5432, path='/data/c1')");
    expect(await sql.run("set cluster init")).toMatchObject({ tag: "SET CLUSTER INIT" });
    const flags = (await sql.run("list node (name, initialized, incluster)")).rows;
    await sql.run("set command_mode to sql");
    await sql.run("rollback");
    expect(flags?.toSorted()).toEqual([
      ["c1", true, true],
      ["g1", true, true],
    ]);
    expect((await manager.run("list node (name, initialized, incluster)")).rows).toEqual([
      ["g1", false, false],
    ]);
  });
});

describe("the catalog of a manager that lost its volume", () => {
  test("comes in the place of what was defined meanwhile: kinds, masters, sync states and flags as they were", async () => {
    await rebuild();
    expect((await nodes()) as unknown[]).toEqual(
      expect.arrayContaining([
        ["gc_0", "gtmcoord master", null, "", true, true],
        ["cn_0", "coordinator master", null, "", true, true],
        ["ds_0", "datanode master", null, "", true, true],
        ["dn_0", "datanode slave", "ds_0", "async", true, true],
        ["ds_9", "datanode slave", "ds_0", "sync", true, true],
        ["cn_7", "coordinator master", null, "", true, false],
      ]),
    );
    expect(await hosts()).toHaveLength(6);
    expect(
      (
        await sql.run(
          "select updateparmnodename::text, updateparmkey::text, updateparmvalue from mgr_updateparm",
        )
      ).rows,
    ).toEqual([["*", "work_mem", "'64MB'"]]);
    expect((await sql.run("select state from antdb_hooks.init_journal")).rows).toEqual([["finished"]]);
    expect((await sql.run("select node, bytes::int from antdb_hooks.departures")).rows).toEqual([
      ["cn_8", 40_000_000],
    ]);
  });

  test("is refused beside a member, and changes nothing", async () => {
    await expect(rebuild({ parameters: [] })).rejects.toThrow("the manager has a member");
    expect((await sql.run("select count(*)::int from mgr_updateparm")).rows).toEqual([[1]]);
    expect(await hosts()).toHaveLength(6);
  });

  test("comes whole or not at all", async () => {
    await takeBack();
    const twice = catalog.hosts.map((host) => ({ ...host, address: "203.0.113.1" }));
    await expect(rebuild({ hosts: twice })).rejects.toThrow("is already in host table");
    expect([await nodes(), await hosts()]).toEqual([[], []]);
    await rebuild();
    expect(await nodes()).toHaveLength(6);
  });
});
