import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { schemaAt } from "../../ci/chart/describe.ts";
import { valuesSchema } from "../../ci/chart/schema.ts";
import { chartFolder, render } from "./support/helm.ts";
import { type Manifest, podTemplates, titleOf } from "./support/manifest.ts";
import { at, each, isMap, over, type Path, pathsOf, type Tree } from "./support/mutations.ts";
import { everyPodSetting } from "./support/variants.ts";

const defaults = parse(readFileSync(`${chartFolder}/values.yaml`, "utf8")) as Tree;
/** Every block of values.yaml that takes a pod's settings, such as dn, watcher and jobs.reconcile: found by the schema. */
const takesPodSettings = (path: Path): boolean =>
  Object.hasOwn(schemaAt(valuesSchema, path)?.["properties"] ?? {}, "nodeSelector");
const blocks = pathsOf(defaults).filter(
  (path) => isMap(at(defaults, path)) && !/^(pods|nodes)\b/.test(path.join(".")) && takesPodSettings(path),
);
const everywhere = { pods: everyPodSetting };
const inEachBlock = each(blocks, () => everyPodSetting);

type Pod = ReturnType<typeof podTemplates>[number];

const expectPlacement = ({ owner, template: { spec: pod } }: Pod): void => {
  const setting = everyPodSetting;
  for (const key of [
    "nodeSelector",
    "tolerations",
    "priorityClassName",
    "runtimeClassName",
    "schedulerName",
  ] as const)
    expect([key, pod[key]]).toEqual([key, setting[key]]);
  expect(pod["affinity"]).toMatchObject({ nodeAffinity: setting.affinity.nodeAffinity });
  expect(JSON.stringify(pod["affinity"])).toContain('"app":"noisy"');
  const component = owner.metadata.labels?.["app.kubernetes.io/component"];
  const matchLabels = { "app.kubernetes.io/component": component };
  expect(pod["topologySpreadConstraints"]).toMatchObject([
    { ...setting.topologySpreadConstraints[0], labelSelector: { matchLabels } },
  ]);
};

/** The main container is the first; sidecar and first are the user's, as restricted as the chart's own. */
const expectContainers = ({ template: { spec: pod } }: Pod, from: string): void => {
  const setting = everyPodSetting;
  const [main] = pod.containers;
  for (const name of ["sidecar", "first"]) {
    const own = [...pod.containers, ...(pod.initContainers ?? [])].find((one) => one.name === name);
    expect([name, own?.image]).toEqual([name, `example.com/${name}:1`]);
    expect(own?.securityContext).toMatchObject(setting.containerSecurityContext);
  }
  expect(main?.securityContext).toMatchObject(setting.containerSecurityContext);
  expect(main?.volumeMounts).toContainEqual({ name: "scratch", mountPath: "/scratch" });
  expect(main?.env).toContainEqual({ name: "TZ", value: "Asia/Shanghai" });
  expect(main?.env).toContainEqual({ name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } });
  // Resources have values of their own in each block, which win over those of `pods`.
  if (from !== "pods") expect(main?.resources).toEqual(setting.resources);
};

const expectEverySetting = (pod: Pod, from: string): void => {
  const { metadata, spec } = pod.template;
  expect(metadata.labels).toMatchObject(everyPodSetting.labels);
  expect(metadata.annotations).toMatchObject(everyPodSetting.annotations);
  expect(spec.securityContext).toMatchObject(everyPodSetting.podSecurityContext);
  expect(spec.volumes).toContainEqual({ name: "scratch", emptyDir: {} });
  expectPlacement(pod);
  expectContainers(pod, from);
};

describe.each([
  ["as hooks", {}],
  ["as ordinary Jobs", { hooks: { mode: "job" } }],
])("every pod there is, %s", (_, mode) => {
  it.each([
    ["pods", everywhere],
    ["its own block", inEachBlock],
  ])("takes every setting from %s", async (from, values) => {
    const pods = podTemplates(await render({ values: { ...over(values, mode) } }));
    for (const pod of pods) {
      try {
        expectEverySetting(pod, from);
      } catch (error) {
        throw new Error(`${titleOf(pod.owner)}: ${String(error)}`, { cause: error });
      }
    }
    expect(pods.length).toBeGreaterThanOrEqual(10);
  });

  it("has a block of its own", () => {
    expect(blocks.map((path) => path.join("."))).toEqual(
      expect.arrayContaining([
        "mgr",
        "gc",
        "gcs",
        "cn",
        "dn",
        "ds",
        "watcher",
        "jobs.reconcile",
        "jobs.teardown",
      ]),
    );
  });
});

describe("images", () => {
  const images = async (values: object): Promise<string[]> =>
    (await render({ values })).flatMap((one: Manifest) =>
      (one.spec?.template?.spec.containers ?? []).map((container) => `${titleOf(one)} ${container.image}`),
    );

  it("come from one registry when global.imageRegistry says so", async () => {
    const all = await images({ global: { imageRegistry: "registry.local:5000" } });
    expect(all.filter((one) => !one.includes(" registry.local:5000/"))).toEqual([]);
    expect(all.length).toBeGreaterThanOrEqual(11 + 2 * 6);
  });

  it("are named by digest where there is one, else by tag, else by the chart's versions", async () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const all = await images({
      images: { antdb: { tag: "t" }, hooks: { digest } },
      gc: { image: { tag: "canary" } },
    });
    expect(all).toContain("StatefulSet/antdb-dn localhost/antdb:t");
    expect(all).toContain("StatefulSet/antdb-gc localhost/antdb:canary");
    expect(all).toContain(`Job/antdb-reconcile localhost/antdb-hooks@${digest}`);
    expect(await images({})).toContain("StatefulSet/antdb-dn localhost/antdb:5.0.1");
  });

  it("take the pull secrets of the chart and of the parent chart that are switched on", async () => {
    const values = { global: { pullSecrets: { b: true } }, images: { pullSecrets: { a: true, c: false } } };
    const all = podTemplates(await render({ values })).map(
      ({ template }) => template.spec["imagePullSecrets"],
    );
    expect(all).toEqual(all.map(() => [{ name: "a" }, { name: "b" }]));
  });
});
