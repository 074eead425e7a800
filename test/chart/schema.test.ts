import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import { chartFolder, refusal, type Rendering } from "./support/helm.ts";

type Tree = Readonly<Record<string, unknown>>;
const defaults = parse(readFileSync(`${chartFolder}/values.yaml`, "utf8")) as Tree;

const isMap = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every key of a tree, as the path that leads to it. `global` belongs to parent charts and takes anything. */
const pathsOf = (tree: Tree, above: readonly string[] = []): (readonly string[])[] =>
  Object.entries(tree).flatMap(([key, value]) => {
    const path = [...above, key];
    if (path.join(".") === "global") return [];
    return [path, ...(isMap(value) ? pathsOf(value, path) : [])];
  });

/** Values that hold one thing at one path. */
const only = (path: readonly string[], value: unknown): Tree => {
  const [first = "", ...rest] = path;
  return { [first]: rest.length === 0 ? value : only(rest, value) };
};

const paths = pathsOf(defaults);
const leaves = paths.filter(
  (path) => !isMap(path.reduce<unknown>((tree, key) => (tree as Tree)[key], defaults)),
);

/** Runs the check for all items, four at a time: each is a run of helm. */
const forAll = async <T>(items: readonly T[], check: (item: T) => Promise<string>): Promise<string[]> => {
  const faults: string[] = [];
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      const fault = await check(item);
      if (fault !== "") faults.push(fault);
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return faults;
};

/** A run of helm for each key: seconds on an idle machine, minutes beside other work. */
const patience = 600_000;

describe("values.schema.json", () => {
  it(
    "refuses every key of values.yaml when it is misspelt, and names the path",
    { timeout: patience },
    async () => {
      const faults = await forAll(paths, async (path) => {
        const misspelt = `${path.at(-1) ?? ""}x`;
        const parent = path.slice(0, -1);
        const said = await refusal({ values: only([...parent, misspelt], {}) });
        const named =
          said.includes(`at '${parent.map((key) => `/${key}`).join("")}'`) && said.includes(`'${misspelt}'`);
        return named ? "" : `${path.join(".")}: ${said === "" ? "accepted" : said}`;
      });
      expect(paths.length).toBeGreaterThan(150);
      expect(faults).toEqual([]);
    },
  );

  it("refuses a map where a plain value belongs, and names the path", { timeout: patience }, async () => {
    const faults = await forAll(leaves, async (path) => {
      const said = await refusal({ values: only(path, { wrong: "type" }) });
      return said.includes(path.map((key) => `/${key}`).join("")) ? "" : `${path.join(".")}: ${said}`;
    });
    expect(leaves.length).toBeGreaterThan(100);
    expect(faults).toEqual([]);
  });

  it.each<[string, Rendering["values"]]>([
    ["/dn/replicas", { dn: { replicas: "three" } }],
    ["/clients/cidrs/0", { clients: { cidrs: ["samenet"] } }],
    ["/clients/cidrs/0", { clients: { cidrs: ["10.0.0.256/8"] } }],
    ["/auth/username", { auth: { username: "App" } }],
    ["/retention/whenDeleted", { retention: { whenDeleted: "Keep" } }],
    ["/pairing/mode", { pairing: { mode: "none" } }],
    ["/jobs/reconcile/activeDeadlineSeconds", { jobs: { reconcile: { activeDeadlineSeconds: 5 } } }],
    ["/gc/resources/limits/memory", { gc: { resources: { limits: { memory: "1 GB" } } } }],
    ["/pods/extraVolumeMounts/scratch", { pods: { extraVolumeMounts: { scratch: {} } } }],
  ])("refuses a wrong value at %s", async (path, values) => {
    expect(await refusal({ values })).toContain(`at '${path}'`);
  });

  it("lets a parent chart say `enabled` and put anything into `global`", async () => {
    expect(await refusal({ values: { enabled: true, global: { anything: { at: "all" } } } })).toBe("");
  });
});
