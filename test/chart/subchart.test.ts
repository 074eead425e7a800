import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chartFolder, refusal, render } from "./support/helm.ts";
import { podTemplates, titleOf } from "./support/manifest.ts";

/** A parent chart as people write them: one dependency, switched by a condition and a tag. */
let chart = "";
const dependency = {
  name: "antdb",
  version: "*",
  repository: "",
  condition: "antdb.enabled",
  tags: ["database"],
};

beforeAll(async () => {
  chart = await mkdtemp(join(tmpdir(), "antdb-parent-"));
  const write = (file: string, value: object): Promise<void> =>
    writeFile(join(chart, file), stringify(value));
  await write("Chart.yaml", { apiVersion: "v2", name: "shop", version: "1.0.0", dependencies: [dependency] });
  await write("values.yaml", { tags: { database: true }, global: { environment: "test" } });
  await mkdir(join(chart, "templates"));
  await cp(chartFolder, join(chart, "charts", "antdb"), { recursive: true });
});
afterAll(() => rm(chart, { recursive: true }));

describe("as a dependency of another chart", () => {
  it("is rendered whole, named after the release", async () => {
    const titles = (await render({ chart, release: "shop" })).map(titleOf);
    const alone = (await render({ release: "shop" })).map(titleOf);
    expect(titles.sort()).toEqual(alone.sort());
    expect(titles).toContain("StatefulSet/shop-antdb-dn");
  });

  it("takes registry, pull secrets and storage class from the parent's global", async () => {
    const global = {
      imageRegistry: "registry.local",
      pullSecrets: { regcred: true },
      storageClass: "fast",
      team: ["any", "thing"],
    };
    const manifests = await render({ chart, values: { global } });
    for (const { owner, template } of podTemplates(manifests)) {
      const images = template.spec.containers.map((one) => one.image.split("/")[0]);
      expect([titleOf(owner), [...new Set(images)], template.spec["imagePullSecrets"]]).toEqual([
        titleOf(owner),
        ["registry.local"],
        [{ name: "regcred" }],
      ]);
    }
    const classes = manifests
      .flatMap((one) => one.spec?.volumeClaimTemplates ?? [])
      .map((claim) => (claim as { spec: { storageClassName?: string } }).spec.storageClassName);
    expect(new Set(classes)).toEqual(new Set(["fast"]));
  });

  it("takes its own values below its name, and refuses a misspelt one by its path", async () => {
    const manifests = await render({ chart, values: { antdb: { dn: { replicas: 5 } } } });
    expect(manifests.find((one) => titleOf(one) === "StatefulSet/antdb-ds")?.spec?.replicas).toBe(5);
    expect(await refusal({ chart, values: { antdb: { dn: { replica: 5 } } } })).toContain(
      "at '/dn': additional properties 'replica' not allowed",
    );
  });

  it.each<[string, object, number]>([
    ["its condition", { antdb: { enabled: false } }, 0],
    ["its tag", { tags: { database: false } }, 0],
    ["its condition, which wins over the tag", { antdb: { enabled: true }, tags: { database: false } }, 1],
  ])("is switched by %s", async (_, values, present) => {
    expect(Math.min((await render({ chart, values })).length, 1)).toBe(present);
  });
});
