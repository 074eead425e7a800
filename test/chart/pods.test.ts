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
