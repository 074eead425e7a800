import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parametersByRole } from "../../../hooks/desired/parameters.ts";
import { ownedParameters, sameInPair } from "../../../hooks/model/parameter-rules.ts";
import { parseValues } from "../../../hooks/values/parse.ts";
import { topologyFile } from "../../support/builders/topology.ts";

type Given = Parameters<typeof topologyFile>[1];
const parsed = (given: Given): unknown =>
  parseValues(JSON.stringify(topologyFile({}, given)), "topology.json");

describe("parameters of the topology file", () => {
  it.each<[string, Given]>([
    [
      "a string, a number, a boolean",
      { cn: { work_mem: "64MB", max_connections: 200, log_lock_waits: true } },
    ],
    ["a library's", { nodes: { "pg_stat_statements.max": 1000 } }],
    [
      "what a standby says as its master does",
      { dn: { max_connections: 200 }, ds: { max_connections: 200 } },
    ],
    ["something of a standby's own", { ds: { hot_standby_feedback: true } }],
    ["a limit with room", { nodes: { max_datanodes: 32 } }],
  ])("takes %s", (_name, given) => {
    expect(() => parsed(given)).not.toThrow();
  });

  it.each<[string, Given, RegExp]>([
    [
      "one that is not the user's",
      { dn: { agtm_host: "10.0.0.1" } },
      /dn\.parameters\.agtm_host: this one can't be set: the program writes/,
    ],
    ["it in capitals", { nodes: { Port: 5433 } }, /nodes\.parameters\.Port: this one can't be set/],
    [
      "less than a cluster needs",
      { dn: { max_prepared_transactions: 0 } },
      /0 is too small, at least 10: every write/,
    ],
    [
      "a standby with another value than its master",
      { dn: { max_connections: 200 }, ds: { max_connections: 100 } },
      /set dn\.parameters\.max_connections, which holds for ds as well/,
    ],
    ["a standby alone", { gcs: { max_worker_processes: 32 } }, /set gc\.parameters\.max_worker_processes/],
    [
      "a limit below what there is",
      { nodes: { max_coordinators: 1 } },
      /must be at least cn\.replicas \(2\)/,
    ],
    ["a name that is none", { cn: { "work mem": 1 } }, /cn\["work mem"\]/],
    ["a quote", { cn: { search_path: "a', b" } }, /no quote, backslash or line break/],
    ["a list", { cn: { work_mem: ["1"] as never } }, /parameters\.cn/],
  ])("refuses %s", (_name, given, says) => {
    expect(() => parsed(given)).toThrow(says);
  });
});

describe("the chart's rules", () => {
  it("are the program's, word for word", () => {
    const path = fileURLToPath(new URL("../../../chart/files/parameters.yaml", import.meta.url));
    expect(parse(readFileSync(path, "utf8"))).toEqual({ owned: ownedParameters, sameInPair });
  });
});

describe("parametersByRole", () => {
  it("gives standbys what their masters have, and each role what is its own", () => {
    const roles = parametersByRole({
      nodes: { work_mem: "8MB", log_lock_waits: true },
      gc: { max_connections: 150 },
      dn: { work_mem: "64MB", DateStyle: "iso, dmy" },
      ds: { hot_standby_feedback: false },
    });
    expect(roles).toEqual({
      gc: { work_mem: "8MB", log_lock_waits: "on", max_connections: "150" },
      gcs: { work_mem: "8MB", log_lock_waits: "on", max_connections: "150" },
      cn: { work_mem: "8MB", log_lock_waits: "on" },
      dn: { work_mem: "64MB", log_lock_waits: "on", datestyle: "iso, dmy" },
      ds: { work_mem: "64MB", log_lock_waits: "on", datestyle: "iso, dmy", hot_standby_feedback: "off" },
    });
  });
});
