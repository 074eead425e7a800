import { describe, expect, it } from "vitest";
import { isFailure } from "../../../hooks/model/failure.ts";
import { parseValues } from "../../../hooks/values/parse.ts";
import { topologyFile } from "../../support/builders/topology.ts";

/** The failure of a file changed in one place; `path` as in a.b.c. */
function refused(path: string, value: unknown): string {
  const file = structuredClone(topologyFile()) as Record<string, unknown>;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const parent = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, file);
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
  return failureOf(JSON.stringify(file));
}

function failureOf(text: string): string {
  try {
    parseValues(text, "/etc/antdb/topology.json");
  } catch (error) {
    if (!isFailure(error)) throw error;
    expect(error.facts).toMatchObject({
      class: "terminal",
      code: "bad-topology-file",
      object: "/etc/antdb/topology.json",
    });
    expect(error.facts.remedy).toContain("of one version");
    return error.message;
  }
  throw new Error("it was taken");
}

const wrong: readonly (readonly [path: string, value: unknown, says: string])[] = [
  ["schemaVersion", 2, "expected 1"],
  ["schemaVersion", undefined, "expected 1"],
  ["release.name", "", "Too small"],
  ["release.namespace", 7, "expected string"],
  ["release.fullname", undefined, "received undefined"],
  ["engine.home", "opt/app", 'start with "/"'],
  ["engine.dataDir", "", 'start with "/"'],
  ["engine.osUser", "Ant DB", "pattern"],
  ["engine.agentPort", 0, ">=1"],
  ["engine.managerPort", 65536, "<=65535"],
  ["roles.mgr.statefulSet", "", "Too small"],
  ["roles.gc.replicas", 2, "must be 1"],
  ["roles.gc.replicas", 0, "must be 1"],
  ["roles.gcs.replicas", -1, ">=0"],
  ["roles.cn.replicas", 0, "at least 1"],
  ["roles.dn.replicas", 0, "at least 1"],
  ["roles.dn.replicas", 257, "<=256"],
  ["roles.dn.replicas", 1.5, "expected int"],
  ["roles.ds.replicas", 1, "must be 0 or 2"],
  ["roles.dn.port", "5433", "expected number"],
  ["roles.cn", undefined, "expected object"],
  ["credentials.directory", "etc", 'start with "/"'],
  ["credentials.managed", "yes", "expected boolean"],
  ["clients.cidrs", "0.0.0.0/0", "expected array"],
  ["lease.durationSeconds", 4, ">=5"],
  ["deadlines.reconcileSeconds", 9, ">=10"],
  ["deadlines.teardownSeconds", 0, ">=1"],
  ["retention.whenDeleted", "Keep", '"Retain"|"Delete"'],
];

describe("parseValues", () => {
  it.each(wrong)("%s = %o is refused by its path", (path, value, says) => {
    const message = refused(path, value);
    expect(message).toContain(`at ${path}`);
    expect(message).toContain(says);
    expect(message).not.toContain("\n");
  });

  it.each([["dns.example"], ["10.0.0.0"], ["::/0"], ["10.0.0.0/8 trust"]])(
    "%s is no network for clients",
    (cidr) => {
      expect(refused("clients.cidrs", ["0.0.0.0/0", cidr])).toContain("at clients.cidrs[1]");
    },
  );

  it.each([
    ["method", "trust"],
    ["method", "cert"],
    ["user", "antdb_monitor"],
    ["user", '"App"'],
    ["database", "replication"],
    ["cidr", "samenet"],
  ])("a rule for clients with %s %s is refused", (field, value) => {
    const rule = { database: "app", user: "report", cidr: "10.1.0.0/16", method: "md5", [field]: value };
    expect(refused("clients.rules", [rule])).toContain(`at clients.rules[0].${field}`);
  });

  it.each(["10.0.0.300/8", "10.0.0.0/33", "999.1.1.1/32"])("%s is an address nobody has", (cidr) => {
    expect(refused("clients.cidrs", [cidr])).toContain("at clients.cidrs[0]");
  });

  it("names every wrong field at once", () => {
    const file = topologyFile() as unknown as { release: { name: string }; engine: { agentPort: number } };
    file.release.name = "";
    file.engine.agentPort = -1;
    const message = failureOf(JSON.stringify(file));
    expect(message).toContain("at release.name");
    expect(message).toContain("at engine.agentPort");
  });

  it.each([
    ["", "extra"],
    ["roles.", "monitor"],
    ["engine.", "sshPort"],
  ])("a key it does not know is refused: %s%s", (parent, key) => {
    expect(refused(`${parent}${key}`, 1)).toContain(`"${key}"`);
  });

  it("refuses what is no JSON", () => {
    expect(failureOf("{ not json")).toContain("not JSON");
    expect(failureOf("null")).toContain("expected object");
  });

  it("takes what the chart renders, and gives it back unchanged", () => {
    const file = topologyFile({ dn: 4, cn: 3 });
    expect(parseValues(JSON.stringify(file), "f")).toEqual(file);
  });

  it("takes datanodes without standbys", () => {
    expect(parseValues(JSON.stringify(topologyFile({ ds: 0, gcs: 0 })), "f").roles.ds.replicas).toBe(0);
  });
});
