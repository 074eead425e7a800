import type { NodeName } from "../../../../hooks/model/topology.ts";
import { describe, expect, it } from "vitest";
import { bounds, connect, replying, failing } from "../support/manager.ts";
import { startPgServer, type Reply } from "../support/pg-server.ts";

describe("readFacts", () => {
  const catalog = {
    "SELECT hostname": { rows: [{ name: "dn_0", address: "10.0.0.1", agent_port: "8432" }] },
    "SELECT n.nodename": {
      rows: [
        {
          name: "dn_0",
          type: "d",
          host: "dn_0",
          port: "5433",
          path: "/d",
          master: null,
          initialised: "true",
          in_cluster: "true",
          sync: "",
        },
        {
          name: "ds_0",
          type: "b",
          host: "ds_0",
          port: "5433",
          path: "/d",
          master: "dn_0",
          initialised: "false",
          in_cluster: "false",
          sync: "sync",
        },
      ],
    },
    "SELECT updateparmnodename": { rows: [{ node: "*", type: "D", key: "wal_log_hints", value: "on" }] },
    "SELECT count(*) > 0 AS busy": { rows: [{ busy: "f" }] },
    "SELECT to_regclass": { rows: [{ found: "t" }] },
    "SELECT node, kind, bytes": {
      rows: [
        { node: "cn_2", kind: "coordinator master", bytes: "51383013" },
        { node: "ds_2", kind: "datanode slave", bytes: null },
      ],
    },
    "SELECT node, kind FROM": { rows: [{ node: "dn_1", kind: "datanode master" }] },
    "SELECT node, letter": { rows: [{ node: "*", letter: "D", key: "wal_log_hints" }] },
    "SELECT lower(s.name)": {
      rows: [{ name: "work_mem", type: "integer", unit: "kB", least: "64", most: "2147483647", words: null }],
    },
    "SELECT state": { rows: [{ state: "begun" }] },
  };

  it("reads catalog, journal and mark", async () => {
    await using server = await startPgServer(replying(catalog));
    await using manager = await connect(server);
    expect(await manager.readFacts({ sizes: [], settings: ["work_mem"] }, bounds)).toEqual({
      address: "127.0.0.1",
      hosts: [{ name: "dn_0", address: "10.0.0.1", agentPort: 8432 }],
      nodes: [
        {
          name: "dn_0",
          kind: "datanode master",
          host: "dn_0",
          port: 5433,
          path: "/d",
          initialised: true,
          inCluster: true,
          sync: "",
        },
        {
          name: "ds_0",
          kind: "datanode slave",
          host: "ds_0",
          port: 5433,
          path: "/d",
          master: "dn_0",
          initialised: false,
          inCluster: false,
          sync: "sync",
        },
      ],
      parameters: [{ node: "*", kind: "D", key: "wal_log_hints", value: "on" }],
      parameterNotes: [{ node: "*", letter: "D", key: "wal_log_hints" }],
      knownSettings: new Map([["work_mem", { type: "integer", unit: "kB", min: 64, max: 2147483647 }]]),
      journal: "begun",
      departures: [
        { node: "cn_2", kind: "coordinator master", bytes: 51383013 },
        { node: "ds_2", kind: "datanode slave" },
      ],
      appends: [{ node: "dn_1", kind: "datanode master" }],
      busy: false,
      directoryBytes: new Map(),
    });
  });

  it("believes a size of 0 only when nothing was said against it", async () => {
    const size = (name: string, bytes: string) => ({
      nodename: name,
      type: "datanode master",
      port: "5433",
      nodepath: "/d",
      nodesize: bytes,
    });
    const notices = [
      { severity: "INFO", message: 'ndoename "down" : agent is not running' },
      { severity: "INFO", message: 'ndoename "absent" Open dir error. \ncurrent path:/d(0)' },
    ];
    const rows = [size("full", "51003054"), size("empty", "0"), size("absent", "0"), size("down", "0")];
    await using server = await startPgServer(replying({ ...catalog, "LIST NODE SIZE": { rows, notices } }));
    await using manager = await connect(server);
    const { directoryBytes } = await manager.readFacts(
      { sizes: ["full", "empty"] as NodeName[], settings: [] },
      bounds,
    );
    expect(Object.fromEntries(directoryBytes)).toEqual({ full: 51003054, empty: 0, absent: 0 });
  });
});

describe("runOnNode", () => {
  const node = { address: "10.0.0.1", port: 5432 };

  it("feeds statements to psql on the manager's host, none of them in its arguments", async () => {
    await using server = await startPgServer(replying({}));
    await using manager = await connect(server);
    await manager.runOnNode(node, ["ALTER ROLE x PASSWORD 'v'", "SELECT 'DROP' \\gexec"], {
      ...bounds,
      timeoutMs: 5000,
    });
    expect(server.seen.at(-1)?.text).toBe(
      "COPY (SELECT unnest(ARRAY['ALTER ROLE x PASSWORD ''v'';','SELECT ''DROP'' \\gexec']::text[])) TO PROGRAM " +
        "'PGCONNECT_TIMEOUT=3 PGOPTIONS=''-c statement_timeout=5000'' timeout -k 1 5 psql -X -q -w -v ON_ERROR_STOP=1 -h 10.0.0.1 -p 5432 -U antdb -d postgres " +
        ">/tmp/antdb_hooks.10.0.0.1.5432.out 2>&1' WITH (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01', ESCAPE E'\\x01', NULL E'\\x03')",
    );
  });

  it("knows volumes that were made with another Secret, and says what to do", async () => {
    const failed: Reply = { error: { severity: "ERROR", code: "38000", message: 'program "psql" failed' } };
    const said = "psql: error: connection to server failed: fe_sendauth: no password supplied";
    await using server = await startPgServer(
      replying({ COPY: failed, "SELECT pg_read_file": { rows: [{ said }] } }),
    );
    await using manager = await connect(server);
    await expect(manager.runOnNode(node, ["SELECT 1"], bounds)).rejects.toMatchObject(
      failing({
        class: "terminal",
        code: "other-secret",
        remedy: expect.stringMatching(/helm uninstall.*put the Secret of then back/) as string,
      }),
    );
  });

  it("tells what psql said", async () => {
    const failed: Reply = { error: { severity: "ERROR", code: "38000", message: 'program "psql" failed' } };
    await using server = await startPgServer(
      replying({ COPY: failed, "SELECT pg_read_file": { rows: [{ said: "psql: no route\nto host\n" }] } }),
    );
    await using manager = await connect(server);
    await expect(manager.runOnNode(node, ["SELECT 1"], bounds)).rejects.toThrow(
      "node at 10.0.0.1:5432: psql on the manager's host: psql: no route to host",
    );
  });
});
