import { describe, expect, it } from "vitest";
import { makeNodes } from "../../../../hooks/adapters/node/nodes.ts";
import type { Nodes } from "../../../../hooks/ports/node.ts";
import { makeScramVerifier } from "../../../../hooks/kit/scram-verifier.ts";
import { Secret } from "../../../../hooks/kit/secret.ts";
import type { NodeKind } from "../../../../hooks/model/role.ts";
import type { NodeFact } from "../../../../hooks/model/snapshot.ts";
import { startPgServer, type Reply, type Script } from "../support/pg-server.ts";

const password = new Secret("app-password");
const nodesThatWait = (connectTimeoutMs: number): Nodes =>
  makeNodes({
    user: "antdb_hooks",
    password: new Secret("x"),
    osUser: "antdb",
    dataDir: "/d",
    connectTimeoutMs,
    client: { role: "app", password, database: "app" },
  });

/** Long, for nodes that answer: a loaded machine is no finding. Short, where silence is what is looked for. */
const patient = { connectTimeoutMs: 20_000, timeoutMs: 40_000 };
const impatient = { connectTimeoutMs: 200, timeoutMs: 1500 };

async function lookAt(
  script: Script | number,
  kind: NodeKind = "datanode master",
  client = false,
  { connectTimeoutMs, timeoutMs } = patient,
): Promise<NodeFact> {
  const nodes = nodesThatWait(connectTimeoutMs);
  const bounds = { timeoutMs, signal: new AbortController().signal };
  if (typeof script === "number")
    return nodes.look(
      { name: "dn_0", address: "127.0.0.1", port: script },
      { kind, client, settings: [] },
      bounds,
    );
  await using server = await startPgServer(script);
  return await nodes.look(
    { name: "dn_0", address: "127.0.0.1", port: server.port },
    { kind, client, settings: [] },
    bounds,
  );
}

const hba = "# comment\nlocal   all all\ttrust\n\nhost all all 10.0.0.1/32 trust # peer\n";
const settings = (more: Readonly<Record<string, string>> = {}): Reply => ({
  rows: Object.entries({ agtm_host: "10.0.0.9", agtm_port: "6655", ...more }).map(([name, setting]) => ({
    name,
    setting,
  })),
});
const own = (more: Readonly<Record<string, string | null>> = {}): Reply => ({
  rows: [{ recovering: "false", hba, recovery: null, started: "1", ...more }],
});
const none: Reply = { rows: [] };

describe("a node that is up", () => {
  it("tells its files, its gtm and its standbys", async () => {
    const standby = { name: "ds_0", address: "10.0.0.2", state: "streaming", sync: "sync" };
    const fact = await lookAt({ reply: () => [settings(), own(), { rows: [standby] }] });
    expect(fact).toEqual({
      state: "up",
      inRecovery: false,
      hba: ["local all all trust", "host all all 10.0.0.1/32 trust"],
      catalog: [],
      standbys: [standby],
      gtm: { host: "10.0.0.9", port: 6655 },
      settings: new Map(),
      settingsStale: false,
      startedSinceWritten: false,
    });
  });

  it("tells its parameters as the file has them, and whether it has read it", async () => {
    const row = {
      ...{ name: "work_mem", type: "integer", unit: "kB", least: "64", most: "2147483647", words: null },
      ...{
        value: "4096",
        context: "user",
        pending: "false",
        file: "64MB",
        stale: "true",
        started_since: "true",
      },
      ...{ main: "/d/postgresql.conf", source: "/d/postgresql.auto.conf" },
    };
    const fact = await lookAt({ reply: () => [settings(), own(), none, { rows: [row] }] });
    expect(fact).toMatchObject({
      settingsStale: true,
      startedSinceWritten: true,
      settings: new Map([
        [
          "work_mem",
          {
            ...{ type: "integer", unit: "kB", min: 64, max: 2147483647, value: "4096", context: "user" },
            ...{ pendingRestart: false, file: "64MB", overriddenIn: "postgresql.auto.conf" },
          },
        ],
      ]),
    });
  });

  it("asks everything in one round trip", async () => {
    await using server = await startPgServer({ reply: () => [settings(), own(), none, none, none] });
    const node = { name: "cn_0", address: "127.0.0.1", port: server.port };
    const bounds = { timeoutMs: patient.timeoutMs, signal: new AbortController().signal };
    await nodesThatWait(patient.connectTimeoutMs).look(
      node,
      { kind: "coordinator master", client: true, settings: [] },
      bounds,
    );
    expect(server.seen).toHaveLength(1);
  });

  it("tells the node list and the application's role on a coordinator", async () => {
    const list: Reply = {
      rows: [
        { name: "dn_0", host: "10.0.0.3", port: "5433", type: "D" },
        { name: "ds_0", host: "10.0.0.4", port: "5433", type: "E" },
      ],
    };
    const secret = makeScramVerifier(password);
    const client: Reply = { rows: [{ secret, role: "true", database: "false" }] };
    const fact = await lookAt(
      { reply: () => [settings(), own(), none, list, client] },
      "coordinator master",
      true,
    );
    expect(fact).toMatchObject({
      catalog: [
        { name: "dn_0", host: "10.0.0.3", port: 5433 },
        { name: "ds_0", host: "10.0.0.4", port: 5433, standby: true },
      ],
      client: { role: true, passwordMatches: true, database: false },
    });
  });

  it.each([
    [
      "recovery.conf",
      own({
        recovering: "true",
        recovery: "standby_mode = 'on'\nprimary_conninfo = 'host=10.0.0.4 port=5433 user=antdb'\n",
      }),
      settings(),
    ],
    [
      "its successor",
      own({ recovering: "true" }),
      settings({ primary_conninfo: "user=antdb host='10.0.0.4' port=5433" }),
    ],
  ])("tells a standby's master from %s", async (_, ownReply, settingsReply) => {
    const fact = await lookAt({ reply: () => [settingsReply, ownReply, none] }, "datanode slave");
    expect(fact).toMatchObject({ state: "up", inRecovery: true, primary: { host: "10.0.0.4", port: 5433 } });
  });

  it("has no gtm to tell when it is one", async () => {
    expect(
      await lookAt({ reply: () => [settings(), own(), none, none] }, "gtmcoord master"),
    ).not.toHaveProperty("gtm");
  });
});

describe("a node that is not", () => {
  it("down: nobody listens", async () => {
    expect(await lookAt(1)).toMatchObject({ state: "down" });
  });

  it("unreachable: the login is never answered", async () => {
    const script: Script = { login: "silence", reply: () => "silence" };
    expect(await lookAt(script, "datanode master", false, impatient)).toMatchObject({ state: "unreachable" });
  });

  it.each(["28000", "28P01", "57P03"])("refused: %s", async (code) => {
    const fact = await lookAt({ login: { code, message: "no" }, reply: () => "silence" });
    expect(fact).toEqual({ state: "refused", code, detail: "no" });
  });

  it("refused: a statement fails", async () => {
    const fact = await lookAt({
      reply: () => ({ error: { severity: "ERROR", code: "42501", message: "no" } }),
    });
    expect(fact).toEqual({ state: "refused", code: "42501", detail: "no" });
  });

  it("refused: the connection breaks in the middle", async () => {
    expect(await lookAt({ reply: () => "cut" })).toMatchObject({ state: "refused", code: "silent" });
  });

  it("refused: it lets the program in and never answers", async () => {
    const found = await lookAt({ reply: () => "silence" }, "datanode master", false, {
      ...patient,
      timeoutMs: impatient.timeoutMs,
    });
    expect(found).toMatchObject({ state: "refused", code: "silent" });
  });
});

describe("a node that cannot reach its gtm", () => {
  it("is read through template1", async () => {
    const script: Script = {
      reply: (_, { database }) => (database === "template1" ? [settings(), own(), none] : "silence"),
    };
    expect(await lookAt(script)).toMatchObject({
      state: "up",
      waitsForGtm: true,
      gtm: { host: "10.0.0.9" },
    });
  });

  it("is asked once when it is the gtm: a second session would sleep as long as the first", async () => {
    await using server = await startPgServer({ reply: () => "silence" });
    const node = { name: "gc_0", address: "127.0.0.1", port: server.port };
    const bounds = { timeoutMs: 600, signal: new AbortController().signal };
    await nodesThatWait(patient.connectTimeoutMs).look(
      node,
      { kind: "gtmcoord master", client: false, settings: [] },
      bounds,
    );
    expect(new Set(server.seen.map(({ session }) => session)).size).toBe(1);
  });
});
