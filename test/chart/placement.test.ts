import { describe, expect, it } from "vitest";
import { render, type Rendering } from "./support/helm.ts";
import { podTemplates } from "./support/manifest.ts";
import { everyPodSetting } from "./support/variants.ts";

type Term = {
  matchLabelKeys?: string[];
  topologyKey: string;
  labelSelector: { matchExpressions: { values: string[] }[] };
};
type Rules = Readonly<Record<string, readonly (Term | { weight: number; podAffinityTerm: Term })[]>>;

interface Affinity {
  readonly podAntiAffinity?: Rules;
  readonly podAffinity?: Rules;
}

describe("who stays away from whom", () => {
  const affinity = async (component: string, rendering: Rendering): Promise<Affinity> => {
    const pods = podTemplates(await render(rendering));
    const own = pods.find(({ owner }) => owner.metadata.name === `antdb-${component}`);
    return own?.template.spec["affinity"] ?? {};
  };
  const rules = async (component: string, rendering: Rendering = {}): Promise<Rules> =>
    (await affinity(component, rendering)).podAntiAffinity ?? {};
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

  it.each([
    ["gc", "gtm"],
    ["gcs", "gtm"],
    ["cn", "cn"],
  ])("%s keeps away by force, by zone, or not at all, as apart.%s says", async (component, key) => {
    const force = { values: { apart: { [key]: { type: "required", topologyKey: "zone" } } } };
    const found = await rules(component, force);
    expect(found).toMatchObject({ [required]: [{ topologyKey: "zone" }] });
    expect(found).not.toHaveProperty(preferred);
    expect(await rules(component, { values: { apart: { [key]: { type: "none" } } } })).toEqual({});
  });

  // Else datanodes placed first take every host, and no standby is ever placed.
  it.each(["dn", "ds"])("where no dn may run beside any ds, %s gather on few hosts", async (component) => {
    const { podAffinity } = await affinity(component, { kubeVersion: "1.30.9" });
    const beside = { weight: 100, podAffinityTerm: avoids(component) };
    expect(podAffinity).toMatchObject({ [preferred]: [beside] });
  });

  it.each([
    ["pairs are told apart by index", {}],
    ["the rule is a preference", { pairing: { mode: "role", type: "preferred" } }],
    [
      "the values divide the hosts by label",
      { pairing: { mode: "role" }, dn: { nodeSelector: { disk: "a" } } },
    ],
    [
      "the values divide the hosts by affinity",
      { pairing: { mode: "role" }, dn: { affinity: everyPodSetting.affinity } },
    ],
  ])("they do not gather where %s", async (_, values) => {
    expect(await affinity("dn", { values })).not.toHaveProperty("podAffinity");
  });

  it("adds a role's own rules to the chart's", async () => {
    const term = { labelSelector: { matchLabels: { app: "cache" } }, topologyKey: "zone" };
    const own = { podAffinity: { [preferred]: [{ weight: 1, podAffinityTerm: term }] } };
    const values = { pairing: { mode: "role" }, dn: { affinity: own } };
    const { podAffinity, podAntiAffinity } = await affinity("dn", { values });
    expect(podAffinity?.[preferred]).toHaveLength(2);
    expect(podAffinity?.[preferred]).toContainEqual({ weight: 1, podAffinityTerm: term });
    expect(podAntiAffinity?.[required]).toHaveLength(1);
    const { podAffinity: others } = await affinity("cn", { values: { cn: { affinity: own } } });
    expect(others).toEqual(own.podAffinity);
  });
});
