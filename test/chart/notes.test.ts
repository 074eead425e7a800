import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chartFolder, render, type Rendering } from "./support/helm.ts";
import type { Manifest } from "./support/manifest.ts";
import { variants } from "./support/variants.ts";

let chart = "";

/** The chart with its notes as an object of their own: `helm template` shows no notes. */
beforeAll(async () => {
  chart = await mkdtemp(join(tmpdir(), "antdb-notes-"));
  await cp(chartFolder, chart, { recursive: true });
  const notes = await readFile(join(chart, "templates/NOTES.txt"), "utf8");
  const probe = `{{ define "probe" }}${notes}{{ end }}
apiVersion: v1
kind: ConfigMap
metadata: { name: notes, namespace: {{ .Release.Namespace }} }
data: { text: {{ include "probe" . | toJson }} }
`;
  await writeFile(join(chart, "templates/probe.yaml"), probe);
});
afterAll(() => rm(chart, { recursive: true }));

const withNotes = async (rendering: Rendering): Promise<{ text: string; objects: readonly Manifest[] }> => {
  const all = await render({ ...rendering, chart });
  const isNotes = (one: Manifest): boolean => one.kind === "ConfigMap" && one.metadata.name === "notes";
  return {
    text: all.find(isNotes)?.data?.["text"] ?? "",
    objects: all.filter((one) => !isNotes(one)),
  };
};

/** What the rendered objects themselves say of each risk → the words that must stand in the notes then, and only then. */
const risks: readonly (readonly [string, RegExp, (objects: readonly Manifest[]) => boolean])[] = [
  ["no datanode standbys", /NO datanode standbys/, (all) => replicas(all, "ds") === 0],
  ["no standby of gc", /NO standby of the global transaction master/, (all) => replicas(all, "gcs") === 0],
  ["volumes deleted", /DELETES every volume/, (all) => retention(all, "whenDeleted") === "Delete"],
  ["volumes kept", /keeps the volumes/, (all) => retention(all, "whenDeleted") === "Retain"],
  [
    "volumes of pods scaled away",
    /takes its volume with it/,
    (all) => retention(all, "whenScaled") === "Delete",
  ],
  ["directories on hosts", /DIRECTORIES ON HOSTS/, (all) => has(all, "PersistentVolume")],
  ["root in an init container", /baseline Pod Security/, (all) => hasDirectoryContainer(all)],
  [
    "an open network",
    /Any pod of this Kubernetes cluster reaches every port/,
    (all) => !has(all, "NetworkPolicy"),
  ],
  ["no watcher", /Nobody heals/, (all) => !all.some((one) => one.kind === "Deployment")],
  [
    "no hooks",
    /has no helm hooks/,
    (all) =>
      !all.some((one) => one.kind === "Job" && one.metadata.annotations?.["helm.sh/hook"] !== undefined),
  ],
  ["pods without the engine", /run WITHOUT the engine/, (all) => waitsOnly(all)],
  [
    "pairs on one host",
    /Nothing forces a datanode and its standby onto different hosts/,
    (all) => replicas(all, "ds") > 0 && !keepsApart(all),
  ],
  [
    "both of a pair drained",
    /A drain of hosts may take a datanode together/,
    (all) => replicas(all, "ds") > 0 && !has(all, "PodDisruptionBudget"),
  ],
];

const has = (all: readonly Manifest[], kind: string): boolean => all.some((one) => one.kind === kind);
const setOf = (all: readonly Manifest[], role: string): Manifest | undefined =>
  all.find((one) => one.kind === "StatefulSet" && one.metadata.name.endsWith(`-${role}`));
const replicas = (all: readonly Manifest[], role: string): number => setOf(all, role)?.spec?.replicas ?? -1;
const retention = (all: readonly Manifest[], when: string): unknown =>
  (setOf(all, "dn")?.spec?.["persistentVolumeClaimRetentionPolicy"] as Record<string, unknown>)[when];
const hasDirectoryContainer = (all: readonly Manifest[]): boolean =>
  all.some(
    (one) => one.spec?.template?.spec.initContainers?.some(({ name }) => name === "directory") === true,
  );
const waitsOnly = (all: readonly Manifest[]): boolean =>
  setOf(all, "dn")?.spec?.template?.spec.containers[0]?.command?.[2]?.includes("sleep infinity") ?? false;
/** A required rule of the chart's own between a datanode and its standby. */
const keepsApart = (all: readonly Manifest[]): boolean => {
  const affinity = JSON.stringify(setOf(all, "dn")?.spec?.template?.spec["affinity"] ?? {});
  return /"podAntiAffinity":\{[^]*"requiredDuringScheduling[^]*"values":\["ds"\]/.test(affinity);
};

describe.each(variants)("what helm prints at the end: %s", (_, rendering) => {
  it("is whole: no gap, no value of Go's, no line too long to read", async () => {
    const { text } = await withNotes(rendering);
    expect(text).toMatch(/^AntDB "\w+" in namespace "\w+", revision 1$/m);
    expect(text).not.toMatch(/<no value>|<nil>|%!|map\[|\{\{[^}]*\.Values|\n{3,}|[ \t]+$/m);
    // Commands to be pasted may be long.
    const long = text.split("\n").filter((line) => line.length > 150 && !line.trim().startsWith("kubectl"));
    expect(long).toEqual([]);
  });

  it("shows every risk that these values take, and none that they don't", async () => {
    const { text, objects } = await withNotes(rendering);
    const told = risks.map(([name, words]) => [name, words.test(text)]);
    expect(told).toEqual(risks.map(([name, , holds]) => [name, holds(objects)]));
  });

  it("names objects that there are", async () => {
    const { text, objects } = await withNotes(rendering);
    const namespace = rendering.namespace ?? "antdb";
    const service = /inside the cluster +([\w-]+)\.([\w-]+)\.svc:5432/.exec(text);
    expect(objects.some((one) => one.kind === "Service" && one.metadata.name === service?.[1])).toBe(true);
    expect(service?.[2]).toBe(namespace);
    for (const [, given] of text.matchAll(/kubectl -n ([\w-]+)/g)) expect(given).toBe(namespace);
  });
});
