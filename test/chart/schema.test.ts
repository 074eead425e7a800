import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import { chartFolder, refusal, type Rendering } from "./support/helm.ts";
import { at, each, isMap, over, type Path, pathsOf, pointer, type Tree } from "./support/mutations.ts";

const defaults = parse(readFileSync(`${chartFolder}/values.yaml`, "utf8")) as Tree;
const part = (key: string): Tree => defaults[key] as Tree;
const image = { image: (part("images") as { antdb: Tree }).antdb };

const databaseRoles = ["gc", "gcs", "cn", "dn", "ds"];
/** Parameters are the database's; the manager has none. */
const managerToo = Object.fromEntries(Object.entries(part("nodes")).filter(([key]) => key !== "parameters"));

/** What is written once for all pods, where each block may say it again. */
const blocks: Tree = {
  ...Object.fromEntries(databaseRoles.map((role) => [role, over(part("pods"), over(part("nodes"), image))])),
  mgr: over(part("pods"), over(managerToo, image)),
  watcher: over(part("pods"), image),
  jobs: Object.fromEntries(Object.keys(part("jobs")).map((job) => [job, over(part("pods"), image)])),
};
const everything = over(blocks, defaults);
const paths = pathsOf(everything);

/** Maps from names of the user's choice that values.yaml has an entry in: a misspelt name is another name there. */
const named = [
  "/networkPolicy/clients",
  "/networkPolicy/egress/dns/peers",
  "/networkPolicy/egress/apiServer/peers",
  ...["nodes", ...databaseRoles].map((block) => `/${block}/parameters`),
];
const isNamedByUser = (path: Path): boolean =>
  named.includes(pointer(path.slice(0, -1))) || path.includes("matchLabels", 1);

/** The lines of helm's refusal. All that is wrong is in one: a run for many keys. */
const faultsIn = async (values: Tree): Promise<readonly string[]> => (await refusal({ values })).split("\n");
const isMapThere = (path: Path): boolean => isMap(at(everything, path));

const rule = { database: "app", user: "report", cidr: "10.1.0.0/16", method: "md5" };

describe("values.schema.json", () => {
  it("refuses every key of values.yaml, in every block it may stand in, when it is misspelt: by its path", async () => {
    const known = paths.filter((path) => !isNamedByUser(path));
    const said = await faultsIn(
      each(
        known.map((path) => [...path.slice(0, -1), `${path.at(-1) ?? ""}x`]),
        () => ({}),
      ),
    );
    const missed = known.filter((path) => {
      const where = `at '${pointer(path.slice(0, -1))}': additional properties `;
      return !said.some((line) => line.includes(where) && line.includes(`'${path.at(-1) ?? ""}x'`));
    });
    expect(missed.map(pointer)).toEqual([]);
    expect(known.length).toBeGreaterThan(600);
  });

  it("refuses a map where a plain value or a list belongs: by its path", async () => {
    const plain = paths.filter((path) => !isMapThere(path));
    const said = await faultsIn(each(plain, () => ({ wrong: "type" })));
    expect(plain.filter((path) => !said.some((line) => line.includes(`at '${pointer(path)}'`)))).toEqual([]);
    expect(plain.length).toBeGreaterThan(300);
  });

  it("refuses a plain value and a list where a map belongs: by its path", async () => {
    const maps = paths.filter(isMapThere);
    const depths = [...new Set(maps.map((path) => path.length))];
    for (const [wrong, name] of [
      ["word", "string"],
      [["one"], "array"],
    ])
      for (const depth of depths) {
        const these = maps.filter((path) => path.length === depth);
        const said = await faultsIn(each(these, () => wrong));
        const missed = these.filter(
          (path) =>
            !said.some((line) => line.includes(`at '${pointer(path)}': got ${String(name)}, want object`)),
        );
        expect(missed.map(pointer)).toEqual([]);
      }
    expect(depths.length).toBeGreaterThan(3);
  });

  it("refuses a list where a plain value belongs, and a plain value where a list does: by its path", async () => {
    const plain = paths.filter((path) => !isMapThere(path));
    const said = await faultsIn(each(plain, (path) => (Array.isArray(at(everything, path)) ? 7 : [7])));
    expect(plain.filter((path) => !said.some((line) => line.includes(`at '${pointer(path)}'`)))).toEqual([]);
  });

  it.each<[string, Rendering["values"]]>([
    ["/dn/replicas", { dn: { replicas: "three" } }],
    ["/dn/replicas", { dn: { replicas: 2.5 } }],
    ["/ds/replicas", { ds: { replicas: "two" } }],
    ["/clients/cidrs/0", { clients: { cidrs: ["samenet"] } }],
    ["/clients/cidrs/0", { clients: { cidrs: ["10.0.0.256/8"] } }],
    ["/clients/rules/0/method", { clients: { rules: [{ ...rule, method: "trust" }] } }],
    ["/clients/rules/0/method", { clients: { rules: [{ ...rule, method: "cert" }] } }],
    ["/clients/rules/0/user", { clients: { rules: [{ ...rule, user: "antdb_hooks" }] } }],
    ["/clients/rules/0/user", { clients: { rules: [{ ...rule, user: "+readers" }] } }],
    ["/clients/rules/0/database", { clients: { rules: [{ ...rule, database: "replication" }] } }],
    ["/clients/rules/0/cidr", { clients: { rules: [{ ...rule, cidr: "all" }] } }],
    ["/auth/username", { auth: { username: "App" } }],
    ["/retention/whenDeleted", { retention: { whenDeleted: "Keep" } }],
    ["/pairing/mode", { pairing: { mode: "none" } }],
    ["/jobs/reconcile/activeDeadlineSeconds", { jobs: { reconcile: { activeDeadlineSeconds: 5 } } }],
    ["/gc/resources/limits/memory", { gc: { resources: { limits: { memory: "1 GB" } } } }],
    ["/dn/parameters/work_mem", { dn: { parameters: { work_mem: ["64MB"] } } }],
    ["/mgr", { mgr: { parameters: { work_mem: "64MB" } } }],
    ["/parameters/restartPolicy", { parameters: { restartPolicy: "Rolling" } }],
    ["/pods/extraVolumeMounts/scratch", { pods: { extraVolumeMounts: { scratch: {} } } }],
    ["/dn/extraEnv/TZ", { dn: { extraEnv: { TZ: ["list"] } } }],
    ["/cn/labels/team", { cn: { labels: { team: 7 } } }],
    ["/service/rw/sourceRanges/0", { service: { rw: { sourceRanges: ["here"] } } }],
    ["/auth/keys/password", { auth: { keys: { password: "my password" } } }],
    ["/auth/keys/password", { auth: { keys: { password: "" } } }],
    ["/fullnameOverride", { fullnameOverride: "My_DB" }],
    ["/pods/tolerations/0", { pods: { tolerations: [{ kye: "db" }] } }],
    ["/pods/topologySpreadConstraints/0", { pods: { topologySpreadConstraints: [{ maxSkew: 1 }] } }],
    ["/pods/extraContainers/sidecar", { pods: { extraContainers: { sidecar: { command: ["x"] } } } }],
    ["/nodes/updateStrategy/rollingUpdate", { nodes: { updateStrategy: { rollingUpdate: { part: 1 } } } }],
  ])("refuses a wrong value at %s", async (path, values) => {
    expect(await refusal({ values })).toContain(`at '${path}'`);
  });

  it("refuses a parameter's name that is none, by that name: of the place helm names any", async () => {
    const said = await refusal({ values: { cn: { parameters: { "work-mem": "64MB" } } } });
    expect(said).toContain("invalid propertyName 'work-mem'");
  });

  it("takes values.yaml itself, and lets a parent chart put anything into `global`", async () => {
    expect(await refusal({ values: everything, kubeVersion: "1.34.2" })).toBe("");
    expect(await refusal({ values: { enabled: true, global: { anything: { at: "all" } } } })).toBe("");
  });
});
