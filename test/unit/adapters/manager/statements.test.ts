import { describe, expect, it } from "vitest";
import { statements } from "../../../../hooks/adapters/manager/statements.ts";
import type { NodeName } from "../../../../hooks/model/topology.ts";

const host = { name: "dn_0", address: "10.1.2.3", agentPort: 8432, user: "antdb", home: "/opt/app/antdb" };
const ds = {
  name: "ds_0" as NodeName,
  kind: "datanode slave",
  follows: "dn_0" as NodeName,
  host: "ds_0",
  port: 5433,
  path: "/var/lib/antdb/data",
} as const;

describe("statements", () => {
  it.each([
    [statements.setTimeout(5000.4), "SET statement_timeout = 5000"],
    [
      statements.addHost(host),
      "ADD HOST dn_0 (address='10.1.2.3', agentport=8432, user='antdb', adbhome='/opt/app/antdb')",
    ],
    [statements.removeNode("cn_2", "coordinator master"), "REMOVE COORDINATOR MASTER cn_2"],
    [statements.makeSynchronous("ds_0", "datanode slave"), "ALTER DATANODE SLAVE ds_0 (sync_state='sync')"],
    [statements.cleanNode("gcs_0", "gtmcoord slave"), "CLEAN GTMCOORD SLAVE gcs_0"],
    [statements.dropNode("ds_2", "datanode slave"), "DROP DATANODE SLAVE ds_2"],
    [statements.dropHost("ds_2"), "DROP HOST ds_2"],
    [statements.alterHost("dn_0", "10.1.2.4"), "ALTER HOST dn_0 (address='10.1.2.4')"],
    [
      statements.addNode(ds),
      "ADD DATANODE SLAVE ds_0 FOR dn_0 (host=ds_0, port=5433, path='/var/lib/antdb/data')",
    ],
    [
      statements.addNode({
        name: "gc_0" as NodeName,
        kind: "gtmcoord master",
        host: "gc_0",
        port: 6655,
        path: "/d",
      }),
      "ADD GTMCOORD MASTER gc_0 (host=gc_0, port=6655, path='/d')",
    ],
    [
      statements.setParameters({ scope: "datanode" }, { wal_log_hints: "on", max_connections: "200" }),
      "SET DATANODE ALL (wal_log_hints=on, max_connections=200) FORCE",
    ],
    [
      statements.setParameters({ scope: "coordinator" }, { log_line_prefix: "%m [%p]", work_mem: "64MB" }),
      "SET COORDINATOR ALL (log_line_prefix='%m [%p]', work_mem='64MB') FORCE",
    ],
    [
      statements.setParameters(
        { node: "ds_0" as NodeName, kind: "datanode slave" },
        { "auto_explain.log_min_duration": "1s" },
      ),
      "SET DATANODE SLAVE ds_0 (auto_explain.log_min_duration='1s') FORCE",
    ],
    [
      statements.resetParameters({ scope: "gtmcoord" }, ["work_mem", "log_statement"]),
      "RESET GTMCOORD ALL (work_mem, log_statement) FORCE",
    ],
    [statements.startNode("ds_0", "datanode slave"), "START DATANODE SLAVE ds_0"],
    [statements.stopNode("gcs_0", "gtmcoord slave"), "STOP GTMCOORD SLAVE gcs_0 MODE FAST"],
    [statements.appendNode("cn_2", "coordinator master"), "APPEND COORDINATOR MASTER cn_2"],
  ])("%s", (made, expected) => {
    expect(made).toBe(expected);
  });

  it.each([
    ["a dash in a name", () => statements.alterHost("dn-0", "10.1.2.3")],
    ["a statement in a name", () => statements.startNode("dn_0; DROP HOST dn_0", "datanode master")],
    ["a word of the grammar", () => statements.startNode("slot", "datanode master")],
    ["a host name for an address", () => statements.alterHost("dn_0", "antdb-dn-0.antdb-dn")],
    ["IPv6", () => statements.alterHost("dn_0", "fd00::1")],
    ["an address that is none", () => statements.alterHost("dn_0", "10.1.2.256")],
    ["a quote in a value", () => statements.addHost({ ...host, home: "/opt/'; CLEAN ALL" })],
    [
      "a backslash in a value",
      () => statements.setParameters({ scope: "datanode" }, { log_line_prefix: "\\" }),
    ],
    [
      "a quote in a parameter",
      () => statements.setParameters({ scope: "datanode" }, { search_path: "a', b" }),
    ],
    ["a parameter's name that is none", () => statements.resetParameters({ scope: "datanode" }, ["a=b"])],
    ["a port that is none", () => statements.addHost({ ...host, agentPort: 70000 })],
  ])("refuses %s", (_, make) => {
    expect(make).toThrow(
      expect.objectContaining({ facts: expect.objectContaining({ class: "bug" }) as object }) as Error,
    );
  });
});
