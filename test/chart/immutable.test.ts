import { readFileSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { chartFolder, render } from "./support/helm.ts";
import { type Manifest, titleOf } from "./support/manifest.ts";
import { over, pathsOf, type Tree } from "./support/mutations.ts";
import { everyPodSetting, variants } from "./support/variants.ts";

const statefulSets = (manifests: readonly Manifest[]): Manifest[] =>
  manifests.filter((one) => one.kind === "StatefulSet");

/** What the API server never lets change in a StatefulSet. */
const immutable = (manifests: readonly Manifest[]): unknown[] =>
  statefulSets(manifests).map(({ metadata, spec }) => [
    metadata.name,
    { ...spec, replicas: 0, template: 0, updateStrategy: 0, persistentVolumeClaimRetentionPolicy: 0 },
  ]);

/** The same chart, a version later. */
const nextVersion = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "antdb-chart-"));
  await cp(chartFolder, folder, { recursive: true });
  const file = join(folder, "Chart.yaml");
  const text = await readFile(file, "utf8");
  await writeFile(
    file,
    text.replace(/^version: .*/m, "version: 9.9.9").replace(/^appVersion: .*/m, "appVersion: 9.9.9"),
  );
  return folder;
};

/** Of volumes, the claims the chart makes, and Services: what the API server never lets change. */
const bound = (manifests: readonly Manifest[]): unknown[] =>
  manifests.flatMap(({ kind, metadata, spec = {} }) => {
    const { hostPath, nodeAffinity, storageClassName, volumeName, accessModes } = spec;
    if (kind === "PersistentVolume") return [[metadata.name, hostPath, nodeAffinity]];
    if (kind === "PersistentVolumeClaim") return [[metadata.name, storageClassName, volumeName, accessModes]];
    if (kind === "Service") return [[metadata.name, spec["clusterIP"], spec["loadBalancerClass"]]];
    return [];
  });

describe("an upgrade", () => {
  it("changes only `replicas` when there are more nodes, and restarts nobody", async () => {
    const before = statefulSets(await render({ values: { cn: { replicas: 2 }, dn: { replicas: 2 } } }));
    const after = statefulSets(
      await render({ values: { cn: { replicas: 3 }, dn: { replicas: 4 }, gcs: { replicas: 2 } } }),
    );
    const withoutReplicas = (sets: Manifest[]): unknown[] =>
      sets.map((set) => ({ ...set, spec: { ...set.spec, replicas: 0 } }));
    expect(withoutReplicas(after)).toEqual(withoutReplicas(before));
    expect(after.map((set) => set.spec?.replicas)).not.toEqual(before.map((set) => set.spec?.replicas));
  });

  it("to another version with every label and setting changed leaves immutable fields alone", async () => {
    const chart = await nextVersion();
    try {
      const values = {
        commonLabels: { team: "other" },
        commonAnnotations: { note: "other" },
        pods: everyPodSetting,
        nodes: { terminationGracePeriodSeconds: 7, updateStrategy: { type: "OnDelete" } },
        retention: { whenDeleted: "Delete", whenScaled: "Delete" },
      };
      expect(immutable(await render({ chart, values }))).toEqual(immutable(await render()));
    } finally {
      await rm(chart, { recursive: true });
    }
  });

  it("to another version of the chart alone restarts no database pod", async () => {
    const chart = await nextVersion();
    const images = { antdb: { tag: "same" } };
    try {
      const templates = (manifests: Manifest[]): unknown[] =>
        statefulSets(manifests).map((set) => set.spec?.template);
      expect(templates(await render({ chart, values: { images } }))).toEqual(
        templates(await render({ values: { images } })),
      );
    } finally {
      await rm(chart, { recursive: true });
    }
  });
});

/** Each key that can't change → another value for it. `persistence` is that of a role. */
const others: Readonly<Record<string, unknown>> = {
  nameOverride: "other",
  fullnameOverride: "other",
  "global.storageClass": "other",
  "persistence.storageClass": "other",
  "persistence.size": "77Gi",
  "persistence.accessModes": ["ReadWriteOncePod"],
  "persistence.selector": { matchLabels: { disk: "b" } },
  "persistence.annotations": { "example.com/b": "d" },
  "persistence.existingVolumes": { "0": "other" },
  "persistence.wal.enabled": false,
  "persistence.wal.size": "7Gi",
  "persistence.wal.storageClass": "other",
  "persistence.hostPath.enabled": false,
  "persistence.hostPath.path": "/other",
  "persistence.hostPath.walPath": "/other",
  "persistence.hostPath.hosts": ["w3", "w4"],
  "persistence.hostPath.placement": { "0": "w3" },
  "service.rw.clusterIP": "10.96.0.78",
  "service.rw.loadBalancerClass": "example.com/other",
};
/** What stands below persistence and may change: who makes the directories is asked only when a pod starts. */
const mayChange: Tree = { hostPath: { prepare: false } };

describe("the README's list of what is immutable after install", () => {
  const readme = readFileSync(join(chartFolder, "README.md"), "utf8");
  const [, page = ""] = /## Immutable after install\n([^]*?)\n## /.exec(readme) ?? [];
  const listed = [...page.matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([\w.]+)`/g)].map(([, path = ""]) => path),
  );
  const treeOf = (path: string, value: unknown): Tree =>
    path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Tree;
  const onHosts: Tree = { hostPath: { enabled: true, hosts: ["w1", "w2"] }, wal: { enabled: true } };
  /** What the change is made from: its neighbours decide whether a key is asked at all. */
  const before = (path: string): Tree => {
    if (path.startsWith("persistence.hostPath")) return { gc: { persistence: onHosts } };
    if (path.startsWith("persistence.wal")) return { gc: { persistence: { wal: { enabled: true } } } };
    return path.startsWith("service") ? { service: { rw: { type: "LoadBalancer" } } } : {};
  };
  const frozen = async (values: Tree): Promise<unknown> => {
    const manifests = await render({ values });
    return [immutable(manifests), bound(manifests)];
  };

  it("names what the tests know, and nothing else", () => {
    expect(listed.toSorted()).toEqual(Object.keys(others).toSorted());
  });

  it.each(Object.entries(others))("%s changes what the API server refuses to change", async (path, value) => {
    const first = before(path);
    const own = path.startsWith("persistence") ? `gc.${path}` : path;
    expect(await frozen(over(first, treeOf(own, value)))).not.toEqual(await frozen(first));
  });

  it("leaves out no key of persistence", async () => {
    const { nodes } = parse(readFileSync(join(chartFolder, "values.yaml"), "utf8")) as {
      nodes: { persistence: Tree };
    };
    const leaves = pathsOf(nodes.persistence)
      .map((path) => path.join("."))
      .filter((path, _, all) => !all.some((other) => other.startsWith(`${path}.`)));
    const known = [
      ...Object.keys(others),
      ...pathsOf(mayChange).map((path) => `persistence.${path.join(".")}`),
    ];
    expect(leaves.filter((path) => !known.includes(`persistence.${path}`))).toEqual([]);
    const values = { gc: { persistence: onHosts } };
    expect(await frozen({ gc: { persistence: over(onHosts, mayChange) } })).toEqual(await frozen(values));
  });
});

/** True when a pod with these labels is one that the selector takes. */
const takes = (
  selector: Readonly<Record<string, unknown>>,
  labels: Readonly<Record<string, string>>,
): boolean => Object.entries(selector).every(([key, value]) => labels[key] === value);

/** Without the state, which the program writes and no template: it narrows the choice among the pods of one role. */
const rendered = (selector: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(selector).filter(([key]) => key !== "antdb.io/state"));

describe("selectors", () => {
  it.each(variants)("take the pods of one role and no Job's: %s", async (_, rendering) => {
    const manifests = await render(rendering);
    const pods = manifests.filter((one) => one.spec?.template !== undefined);
    const selectors = manifests
      .filter((one) => ["Service", "StatefulSet", "Deployment"].includes(one.kind))
      .map((one) => ({
        title: titleOf(one),
        selector: one.spec?.selector?.matchLabels ?? one.spec?.selector ?? {},
      }));
    for (const { title, selector: whole } of selectors) {
      const selector = rendered(whole);
      expect(Object.keys(selector).sort()).toEqual(
        ["component", "instance", "name"].map((key) => `app.kubernetes.io/${key}`),
      );
      const taken = pods.filter((one) => takes(selector, one.spec?.template?.metadata.labels ?? {}));
      const owner = title.startsWith("Deployment/") ? "Deployment" : "StatefulSet";
      expect([title, taken.map((one) => one.kind)]).toEqual([title, [owner]]);
    }
  });
});
