import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine, type Engine } from "../../support/engine/engine.ts";
import { openSession, type Session } from "../../support/engine/session.ts";

let engine: Engine;
const open: Session[] = [];
const session = async (options?: string, url = engine.url): Promise<Session> => {
  const opened = await openSession(url, options);
  open.push(opened);
  return opened;
};

beforeAll(async () => {
  engine = await startEngine(0);
});
afterAll(async () => {
  await Promise.all(open.map((one) => one.close()));
  await engine.stop();
});

describe("login", () => {
  test("the server says which version it is, which mode and which zone it is in", async () => {
    const { parameters } = await session();
    expect(parameters.get("server_version")).toMatch(/^11\./);
    expect(parameters.get("command_mode")).toBe("manager");
    expect(parameters.get("mgr_zone")).toBe("local");
  });

  test("the startup packet can ask for SQL", async () => {
    const sql = await session("-c command_mode=sql");
    expect(sql.parameters.get("command_mode")).toBe("sql");
    expect(await sql.run("select 1 as one")).toMatchObject({ rows: [[1]], tag: "SELECT 1" });
  });

  test("a role speaks SQL when a superuser has set that for it, and may not ask for it itself", async () => {
    const sql = await session("-c command_mode=sql");
    await sql.run("drop role if exists contract_monitor");
    for (const statement of [
      "create role contract_monitor login password 'right'",
      "grant pg_monitor to contract_monitor",
      "alter role contract_monitor set command_mode=sql",
    ])
      expect(await sql.run(statement)).not.toHaveProperty("code");
    // It is the role's, not this session's; and it reads as it was written.
    expect(
      await sql.run(
        "select count(*)::int from pg_db_role_setting where setrole = 'contract_monitor'::regrole and 'command_mode=sql' = any (setconfig)",
      ),
    ).toMatchObject({ rows: [[1]] });
    const url = new URL(engine.url);
    url.username = "contract_monitor";
    url.password = "right";
    const monitor = await session("-c statement_timeout=1000", url.href);
    expect(monitor.parameters.get("command_mode")).toBe("sql");
    expect(await monitor.run("select pg_has_role('pg_monitor', 'member') as can")).toMatchObject({
      rows: [[true]],
    });
    await expect(session("-c command_mode=sql", url.href)).rejects.toMatchObject({ code: "42501" });
    await monitor.close();
    await sql.run("drop role contract_monitor");
  });

  test("a role logs in by its password, and not by another", async () => {
    const sql = await session("-c command_mode=sql");
    await sql.run("drop role if exists contract_reader");
    await sql.run("set password_encryption = 'scram-sha-256'");
    expect(await sql.run("create role contract_reader login password 'right'")).toMatchObject({
      tag: "CREATE ROLE",
    });
    const as = (password: string): string => {
      const url = new URL(engine.url);
      url.username = "contract_reader";
      url.password = password;
      return url.href;
    };
    // Loopback is trusted by the first lines of pg_hba.conf: the role must exist, the password is not looked at.
    const reader = await session(undefined, as("right"));
    const denied = { code: "42501", message: "permission denied for view host" };
    expect(await reader.run("list host")).toMatchObject(denied);
    expect(await reader.run("set command_mode to sql")).toMatchObject({ code: "42501" });
    expect(await reader.run("add host h (address='203.0.113.1')")).toMatchObject({
      code: "XX000",
      message: "permission denied",
    });
    await expect(session("-c command_mode=sql", as("right"))).rejects.toMatchObject({ code: "42501" });
    await sql.run("drop role contract_reader");
    await expect(session(undefined, as("right"))).rejects.toMatchObject({ code: "28000" });
  });

  test("an unknown database is refused", async () => {
    const url = new URL(engine.url);
    url.pathname = "/nowhere";
    await expect(session(undefined, url.href)).rejects.toMatchObject({ code: "3D000" });
  });
});

describe("manager mode", () => {
  const syntax = (near: string): object => ({ code: "42601", message: `syntax error at or near "${near}"` });
  const statements: readonly (readonly [statement: string, outcome: object])[] = [
    ["select 1", syntax("select")],
    ["BEGIN", syntax("BEGIN")],
    ["show server_version", syntax("server_version")],
    ["list hosts", syntax("hosts")],
    ["monitor coordinator", { code: "42601", message: "syntax error at end of input" }],
    ["start agent host", syntax("host")],
    ["add datanode slave d (host=h, port=1, path='/p')", syntax("(")],
    ["add host if not exist h (address='1.2.3.4')", syntax("exist")],
    ["drop datanode master a, b", syntax(",")],
    ["init", { code: "42601" }],
    ["-- a comment only", { tag: undefined }],
    [";", { tag: undefined }],
    ["set statement_timeout to 5000", { tag: "SET" }],
    ["set no_such_setting = 1", { code: "42704" }],
    ["list host /* with a comment */ ;", { tag: "SELECT 0" }],
  ];
  test.each(statements)("%s", async (statement, outcome) => {
    const manager = await session();
    expect(await manager.run(statement)).toMatchObject(outcome);
  });

  test("SQL is one SET away, and back", async () => {
    const manager = await session();
    expect(await manager.run("set command_mode to sql")).toMatchObject({ tag: "SET" });
    expect(await manager.run("list host")).toMatchObject(syntax("list"));
    expect(await manager.run("select count(*)::int from mgr_host")).toMatchObject({ tag: "SELECT 1" });
    expect(await manager.run("set command_mode = mgr")).toMatchObject({ tag: "SET" });
    expect(await manager.run("select 1")).toMatchObject(syntax("select"));
    expect(manager.parameters.get("command_mode")).toBe("manager");
  });

  test("statements can be prepared and run again", async () => {
    const manager = await session();
    const first = await manager.run("list host", "listing");
    expect(first).toMatchObject({ tag: "SELECT 0", rows: [] });
    expect(first.columns?.[0]).toEqual(["name", 19]);
    expect(await manager.run("list host", "listing")).toMatchObject({ tag: "SELECT 0" });
    expect(await manager.run("drop host nobody", "dropping")).toMatchObject({ code: "42704" });
    expect(await manager.run("select 1", "sql")).toMatchObject(syntax("select"));
    expect(await manager.run("monitor agent all")).toMatchObject({ tag: "SELECT 0" });
  });

  test("statement_timeout ends no short command", async () => {
    const manager = await session("-c statement_timeout=2000");
    expect(await manager.run("list node")).toMatchObject({ tag: "SELECT 0" });
  });
});
