import { describe, expect, it } from "vitest";
import { KeptSessions } from "../../../../hooks/adapters/node/kept-sessions.ts";
import { look } from "../../../../hooks/adapters/node/look.ts";
import { Secret } from "../../../../hooks/kit/secret.ts";
import type { NodeFact } from "../../../../hooks/model/snapshot.ts";
import { until } from "../../../support/until.ts";
import { startPgServer, type PgServer, type Reply } from "../support/pg-server.ts";

const answer: readonly Reply[] = [
  { rows: [{ name: "agtm_host", setting: "10.0.0.9" }] },
  { rows: [{ recovering: "false", hba: "local all all trust", recovery: null, started: "1" }] },
];

function looker(server: PgServer, idleMs = 60_000): () => Promise<NodeFact> {
  const access = {
    user: "antdb_hooks",
    password: new Secret("x"),
    osUser: "antdb",
    dataDir: "/d",
    connectTimeoutMs: 20_000,
    client: { role: "app", password: new Secret("p"), database: "app" },
    kept: new KeptSessions(idleMs),
  };
  const node = { name: "dn_0", address: "127.0.0.1", port: server.port };
  const bounds = { timeoutMs: 40_000, signal: new AbortController().signal };
  return () => look(access, node, { kind: "datanode master", client: false, settings: [] }, bounds);
}

const sessionsOf = (server: PgServer): readonly number[] => server.seen.map(({ session }) => session);

describe("a node that is looked at again", () => {
  it("is asked in the session of before", async () => {
    await using server = await startPgServer({ reply: () => answer });
    const lookAgain = looker(server);
    for (let count = 0; count < 3; count += 1) expect((await lookAgain()).state).toBe("up");
    expect(sessionsOf(server)).toEqual([1, 1, 1]);
  });

  it("is asked anew when that session has ended", async () => {
    await using server = await startPgServer({
      reply: (_, { number }) => (number === 1 && server.seen.length > 1 ? "cut" : answer),
    });
    const lookAgain = looker(server);
    await lookAgain();
    expect((await lookAgain()).state).toBe("up");
    expect(sessionsOf(server)).toEqual([1, 1, 2]);
  });

  it("is what a new session says, whatever the one of before says", async () => {
    const fails = { error: { severity: "ERROR", code: "XX000", message: "cache lookup failed" } };
    await using server = await startPgServer({
      reply: (_, { number }) => (number === 1 && server.seen.length > 1 ? fails : answer),
    });
    const lookAgain = looker(server);
    await lookAgain();
    expect((await lookAgain()).state).toBe("up");
    await until("the bad one is closed", async () => Promise.resolve(server.open() === 1 ? true : undefined));
  });

  it("is not kept in template1, where a session makes CREATE DATABASE fail", async () => {
    await using server = await startPgServer({
      reply: (_, { database }) => (database === "template1" ? answer : "silence"),
    });
    const lookAgain = looker(server);
    expect(await lookAgain()).toMatchObject({ state: "up", waitsForGtm: true });
    await until("nobody is there", async () => Promise.resolve(server.open() === 0 ? true : undefined));
  });

  it("is left when nobody asks any more", async () => {
    await using server = await startPgServer({ reply: () => answer });
    await looker(server, 10)();
    await until("nobody is there", async () => Promise.resolve(server.open() === 0 ? true : undefined));
  });
});
