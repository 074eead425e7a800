import { describe, expect, it } from "vitest";
import { makeClientDoor } from "../../../../hooks/adapters/client/door.ts";
import { Secret } from "../../../../hooks/kit/secret.ts";
import type { Failure } from "../../../../hooks/model/failure.ts";
import type { ClientSession, Endpoint } from "../../../../hooks/ports/client.ts";
import { startPgServer, type Reply, type Script } from "../support/pg-server.ts";

const door = makeClientDoor({
  role: "app",
  password: new Secret("pw"),
  database: "app",
  connectTimeoutMs: 300,
});
const bounds = { timeoutMs: 1000, signal: new AbortController().signal };
const none: Reply = { rows: [] };

async function at<T>(script: Script, work: (endpoint: Endpoint) => Promise<T>): Promise<T> {
  await using server = await startPgServer(script);
  return await work({ name: "Service antdb-rw", host: "127.0.0.1", port: server.port });
}

const loginRefused = (code: string): Script => ({ login: { code, message: "no" }, reply: () => none });

describe("a wrong password", () => {
  it("refused as such is as it should be", async () => {
    await expect(
      at(loginRefused("28P01"), (one) => door.tryWrongPassword(one, bounds)),
    ).resolves.toBeUndefined();
  });

  it.each(["28000", "57P03", "53300"])("answered by %s is a failure", async (code) => {
    await expect(at(loginRefused(code), (one) => door.tryWrongPassword(one, bounds))).rejects.toThrow(
      /a wrong password must be refused as such \(28P01\), and this came instead: .*: no/,
    );
  });

  it("that is let in is the worst", async () => {
    const failure = (await at({ reply: () => none }, (one) =>
      door.tryWrongPassword(one, bounds).then(undefined, (error: unknown) => error),
    )) as Failure;
    expect(failure.facts).toMatchObject({ class: "terminal", code: "wrong-password-accepted" });
    expect(failure.message).not.toContain("pw");
  });
});

describe("a knock", () => {
  it.each([
    [loginRefused("28000"), "answers"],
    [loginRefused("28P01"), "answers"],
    [loginRefused("57P03"), "starting"],
    [{ reply: () => none }, "answers"],
    [{ login: "silence", reply: () => none }, "silent"],
  ] as const)("%j: %s", async (script, knock) => {
    expect(await at(script, (one) => door.knock(one, bounds))).toBe(knock);
  });

  it("at a port nobody listens on is refused", async () => {
    const endpoint = await at({ reply: () => none }, (one) => Promise.resolve(one));
    expect(await door.knock(endpoint, bounds)).toBe("refused");
  });
});

describe("the table", () => {
  const dropping = (
    reply: (text: string) => Reply,
    work: (session: ClientSession) => Promise<unknown>,
  ): Promise<unknown> =>
    at({ reply }, async (one) => {
      await using session = await door.open(one, bounds);
      return await work(session);
    });

  it("is not looked for in the datanodes when there is no schema of that name", async () => {
    const seen: string[] = [];
    const reply = (text: string): Reply => {
      seen.push(text);
      return none;
    };
    await dropping(reply, (session) => session.dropTable(bounds));
    expect(seen).toEqual([expect.stringContaining("pg_namespace")]);
  });

  it("goes without CASCADE, so that a stranger's objects stay", async () => {
    const reply = (text: string): Reply => {
      if (text.includes("pg_namespace")) return { rows: [{ one: "1" }] };
      return text.startsWith("DROP SCHEMA") && !text.includes("CASCADE")
        ? { error: { severity: "ERROR", code: "2BP01", message: "cannot drop schema" } }
        : none;
    };
    await expect(dropping(reply, (session) => session.dropTable(bounds))).rejects.toThrow(
      "the schema antdb_helm_test holds objects that the test did not make; none of them was touched",
    );
  });

  it.each([
    [{ different: "64", held: "64", total: "2080" }, true],
    [{ different: "63", held: "64", total: "2080" }, false],
    [{ different: "0", held: "0", total: null }, false],
  ])("%j holds 64 numbers: %s", async (row, holds) => {
    expect(
      await dropping(
        () => ({ rows: [row] }),
        (session) => session.holds(64, bounds),
      ),
    ).toBe(holds);
  });
});
