import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chartFolder, render } from "./support/helm.ts";
import { type Manifest, titleOf } from "./support/manifest.ts";
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
