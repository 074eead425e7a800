import { describe, expect, it } from "vitest";
import { render, type Rendering } from "./support/helm.ts";
import { type Manifest, type PodSpec, podTemplates, titleOf } from "./support/manifest.ts";
import { everyPodSetting } from "./support/variants.ts";

const roles = ["mgr", "gc", "gcs", "cn", "dn", "ds"];
const jobs = ["credentials", "guard", "reconcile", "teardown"];

/** The pod of one role or Job. */
const podOf = async (rendering: Rendering, component: string): Promise<PodSpec> => {
  const found = podTemplates(await render(rendering)).find(
    ({ owner }) => owner.metadata.name === `antdb-${component}`,
  );
  if (found === undefined) throw new Error(`no pod of ${component}`);
  return found.template.spec;
};

const everywhere = { pods: everyPodSetting };
const inOne = (component: string): object =>
  jobs.includes(component) ? { jobs: { [component]: everyPodSetting } } : { [component]: everyPodSetting };

describe.each([...roles, "watcher", ...jobs])("the pod of %s takes every setting", (component) => {
  // Some settings have their own values in roles and Jobs, which win over those of `pods`: only resources are such here.
  it.each([
    ["pods", everywhere],
    ["its own block", inOne(component)],
  ])("from %s", async (where, values) => {
    const pod = await podOf({ values }, component);
    const [main] = pod.containers;
    const setting = everyPodSetting;
    expect(pod["nodeSelector"]).toEqual(setting.nodeSelector);
    expect(pod["tolerations"]).toEqual(setting.tolerations);
    expect(pod["priorityClassName"]).toBe(setting.priorityClassName);
    expect(pod["runtimeClassName"]).toBe(setting.runtimeClassName);
    expect(pod["schedulerName"]).toBe(setting.schedulerName);
    expect(pod["affinity"]).toMatchObject({ nodeAffinity: setting.affinity.nodeAffinity });
    expect(JSON.stringify(pod["affinity"])).toContain('"app":"noisy"');
    expect(pod["topologySpreadConstraints"]).toMatchObject([
      {
        ...setting.topologySpreadConstraints[0],
        labelSelector: { matchLabels: { "app.kubernetes.io/component": component } },
      },
    ]);
    expect(pod.containers.map((one) => one.name)).toContain("sidecar");
    expect(pod.initContainers?.map((one) => one.name)).toEqual(["first"]);
    expect(pod.volumes).toContainEqual({ name: "scratch", emptyDir: {} });
    expect(main?.volumeMounts).toContainEqual({ name: "scratch", mountPath: "/scratch" });
    expect(main?.env).toContainEqual({ name: "TZ", value: "Asia/Shanghai" });
    expect(main?.env).toContainEqual({
      name: "NODE",
      valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } },
    });
    if (where !== "pods") expect(main?.resources).toEqual(setting.resources);
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
    expect(all).toHaveLength(11 + 2 * roles.length);
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

type Term = {
  matchLabelKeys?: string[];
  topologyKey: string;
  labelSelector: { matchExpressions: { values: string[] }[] };
};
type Anti = Readonly<Record<string, readonly (Term | { weight: number; podAffinityTerm: Term })[]>>;

describe("who stays away from whom", () => {
  const rules = async (component: string, rendering: Rendering = {}): Promise<Anti> =>
    ((await podOf(rendering, component))["affinity"] as { podAntiAffinity?: Anti } | undefined)
      ?.podAntiAffinity ?? {};
  const avoids = (...values: string[]): object => ({ labelSelector: { matchExpressions: [{ values }] } });
  const required = "requiredDuringSchedulingIgnoredDuringExecution";
  const preferred = "preferredDuringSchedulingIgnoredDuringExecution";

  it.each([
    ["dn", "ds"],
    ["ds", "dn"],
  ])("%s_i never runs beside %s_i, others may", async (component, other) => {
    const term = {
      ...avoids(other),
      matchLabelKeys: ["apps.kubernetes.io/pod-index"],
      topologyKey: "kubernetes.io/hostname",
    };
    expect(await rules(component)).toMatchObject({ [required]: [term] });
  });

  it("before Kubernetes 1.31 no dn runs beside any ds", async () => {
    const [term] = (await rules("dn", { kubeVersion: "1.30.9" }))[required] ?? [];
    expect(term).toMatchObject(avoids("ds"));
    expect(term).not.toHaveProperty("matchLabelKeys");
  });

  it("a pair may be preferred apart, by zone, or left to the user", async () => {
    const byZone = { pairing: { type: "preferred", topologyKey: "zone" } };
    const term = { weight: 100, podAffinityTerm: { ...avoids("ds"), topologyKey: "zone" } };
    expect(await rules("dn", { values: byZone })).toMatchObject({ [preferred]: [term] });
    expect(await rules("dn", { values: { pairing: { mode: "custom" } } })).toEqual({});
  });

  it.each([
    ["gc", ["gc", "gcs"]],
    ["gcs", ["gc", "gcs"]],
    ["cn", ["cn"]],
  ])("%s keeps away from %j if it can", async (component, others) => {
    const found = await rules(component);
    expect(found).toMatchObject({ [preferred]: [{ weight: 100, podAffinityTerm: avoids(...others) }] });
    expect(found).not.toHaveProperty(required);
  });
});
