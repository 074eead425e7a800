import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { topologyFileSchema } from "../../hooks/values/schema.ts";
import { chartFolder, render, renderText } from "./support/helm.ts";
import { find, podTemplates, titleOf } from "./support/manifest.ts";
import { variants } from "./support/variants.ts";

const templates = readdirSync(`${chartFolder}/templates`, { recursive: true, encoding: "utf8" });

describe("the chart", () => {
  it("keeps its files short and one object in each", () => {
    const files = templates.filter((file) => /\.(yaml|tpl|txt)$/.test(file));
    const long = files.filter(
      (file) => readFileSync(`${chartFolder}/templates/${file}`, "utf8").split("\n").length > 150,
    );
    const several = files.filter(
      (file) =>
        file.endsWith(".yaml") && /^---/m.test(readFileSync(`${chartFolder}/templates/${file}`, "utf8")),
    );
    expect({ long, several }).toEqual({ long: [], several: [] });
  });

  it("has the same files in the folder of every role", () => {
    const roles = ["mgr", "gc", "gcs", "dn", "ds", "cn"];
    const common = [
      "claims.yaml",
      "networkpolicy.yaml",
      "service-headless.yaml",
      "statefulset.yaml",
      "volumes.yaml",
    ];
    // Budgets are of groups (gc and gcs, a datanode and its standby), and stand with the group's first role.
    const own: Readonly<Record<string, readonly string[]>> = {
      gc: ["poddisruptionbudget.yaml"],
      dn: ["poddisruptionbudget.yaml"],
      cn: ["poddisruptionbudget.yaml", "service-rw.yaml"],
    };
    const found = roles.map((role) => readdirSync(`${chartFolder}/templates/${role}`).sort());
    expect(found).toEqual(roles.map((role) => [...common, ...(own[role] ?? [])].sort()));
  });

  it.each(variants)("renders the same twice, in the release's namespace: %s", async (_, rendering) => {
    const first = await renderText(rendering);
    expect(await renderText(rendering)).toBe(first);
    const elsewhere = (await render(rendering)).filter(
      (one) => one.kind !== "PersistentVolume" && one.metadata.namespace !== (rendering.namespace ?? "antdb"),
    );
    expect(elsewhere.map(titleOf)).toEqual([]);
  });

  it.each([{}, { hooks: { mode: "job" } }])(
    "renders an upgrade as an install, since Argo CD knows no upgrade: %j",
    async (values) => {
      expect(await renderText({ values, isUpgrade: true })).toBe(await renderText({ values }));
    },
  );

  it("asks neither the cluster nor the dice: both are empty or new in every rendering of a GitOps tool", () => {
    const odd =
      /\{\{[^}]*\b(lookup|rand\w*|uuidv4|gen[A-Z]\w*|now|date\w*|ago|htpasswd|bcrypt|getHostByName|Release\.(IsUpgrade|IsInstall|Revision))\b/;
    const asking = templates.filter((file) => {
      // The notes are for people: they show the revision, and no tool applies them.
      if (!/\.(yaml|tpl)$/.test(file)) return false;
      const code = readFileSync(`${chartFolder}/templates/${file}`, "utf8");
      return odd.test(code.replaceAll(/\{\{-?\s*\/\*[\s\S]*?\*\//g, ""));
    });
    expect(asking).toEqual([]);
    expect(odd.test("{{ randAlphaNum 24 }}") && odd.test("{{- if .Release.IsUpgrade }}")).toBe(true);
  });

  it.each(variants)("tells the program a topology it accepts: %s", async (_, rendering) => {
    const manifests = await render(rendering);
    const name = `${rendering.release === undefined ? "antdb" : `${rendering.release}-antdb`}-topology`;
    const file: unknown = JSON.parse(find(manifests, "ConfigMap", name).data?.["topology.json"] ?? "");
    const topology = topologyFileSchema.parse(file);
    for (const [role, facts] of Object.entries(topology.roles)) {
      const set = find(manifests, "StatefulSet", facts.statefulSet);
      expect([role, "replicas" in facts ? facts.replicas : 1]).toEqual([role, set.spec?.replicas]);
    }
  });

  it.each(variants)(
    "points every mount at a volume and every reference at an object: %s",
    async (_, rendering) => {
      const manifests = await render(rendering);
      const made = new Set(manifests.map(titleOf));
      for (const { owner, template } of podTemplates(manifests)) {
        const volumes = new Set([...(template.spec.volumes ?? []).map((one) => one.name), "data"]);
        const mounts = [...template.spec.containers, ...(template.spec.initContainers ?? [])]
          .flatMap((one) => one.volumeMounts ?? [])
          .map((one) => one.name);
        expect([titleOf(owner), mounts.filter((name) => !volumes.has(name))]).toEqual([titleOf(owner), []]);
        const account = template.spec.serviceAccountName;
        if (account !== undefined) expect(made).toContain(`ServiceAccount/${account}`);
        const service = owner.spec?.serviceName;
        if (service !== undefined) expect(made).toContain(`Service/${service}`);
      }
    },
  );
});
