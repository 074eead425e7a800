import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { ensureTool } from "../../ci/tools/tool.ts";
import { apiSchemas, type Minor, minors } from "./support/api-schemas.ts";
import { renderText } from "./support/helm.ts";
import { schemasOf } from "./support/openapi.ts";
import { variants } from "./support/variants.ts";

/** Prometheus' own kinds: no version of Kubernetes says what they are. */
const foreign = "ServiceMonitor,PodMonitor,PrometheusRule";

/** Name → manifests judged against what a version accepts: kubeconform's words for each object that is wrong. */
const judge = async (
  minor: Minor,
  manifests: Readonly<Record<string, string>>,
): Promise<{ faults: string[]; valid: number }> => {
  const location = `${await apiSchemas(minor)}/{{ .ResourceKind }}{{ .KindSuffix }}.json`;
  const folder = await mkdtemp(join(tmpdir(), "antdb-conform-"));
  try {
    const names = Object.keys(manifests);
    for (const [index, text] of Object.values(manifests).entries())
      await writeFile(join(folder, `${index}.yaml`), text);
    const tool = await ensureTool("kubeconform");
    const { stdout } = await execa(
      tool,
      ["-output", "json", "-summary", "-skip", foreign, "-schema-location", location, folder],
      { reject: false },
    );
    const said = JSON.parse(stdout) as {
      resources: { filename: string; kind: string; name: string; msg: string }[];
      summary: { valid: number };
    };
    const faults = said.resources
      .filter((one) => one.msg !== "")
      .map(
        (one) =>
          `${names[Number.parseInt(basename(one.filename), 10)] ?? ""}: ${one.kind}/${one.name}: ${one.msg}`,
      );
    return { faults, valid: said.summary.valid };
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** ms: the first time, go fetches what the version says of itself. */
const patience = 600_000;

describe.each(minors)("Kubernetes %s", (minor) => {
  it("takes every object of every variant", { timeout: patience }, async () => {
    const manifests: Record<string, string> = {};
    for (const [name, rendering] of variants)
      manifests[name] = await renderText({ ...rendering, kubeVersion: `${minor}.0` });
    const { faults, valid } = await judge(minor, manifests);
    expect(faults).toEqual([]);
    expect(valid).toBeGreaterThanOrEqual(20 * variants.length);
  });

  it("a misspelt field, and one of the wrong type, is found", { timeout: patience }, async () => {
    const service = (spec: string): string =>
      `apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { ${spec} }\n`;
    const { faults } = await judge(minor, {
      misspelt: service("clusterIPx: None"),
      typed: service("ports: [{ port: x }]"),
    });
    expect(faults.map((fault) => fault.split(":")[0]).sort()).toEqual(["misspelt", "typed"]);
  });
});

describe("schemas from OpenAPI", () => {
  it("close objects that name their keys, leave maps open, turn references, and keep what is needed", () => {
    const kinds = [{ group: "apps.example.com", version: "v1", kind: "Thing" }];
    const metadata = { allOf: [{ $ref: "#/components/schemas/Meta" }], default: {} };
    const schemas = {
      Thing: { type: "object", properties: { metadata }, "x-kubernetes-group-version-kind": kinds },
      Meta: {
        type: "object",
        properties: { labels: { $ref: "#/components/schemas/Free", description: "some" } },
      },
      Free: { type: "object", additionalProperties: { type: "string" } },
      Other: { type: "object" },
    };
    expect(schemasOf({ components: { schemas } }).get("thing-apps-v1")).toEqual({
      $ref: "#/definitions/Thing",
      definitions: {
        Thing: {
          type: "object",
          additionalProperties: false,
          properties: { metadata: { allOf: [{ $ref: "#/definitions/Meta" }] } },
        },
        Meta: {
          type: "object",
          additionalProperties: false,
          properties: { labels: { $ref: "#/definitions/Free" } },
        },
        Free: { type: "object", additionalProperties: { type: "string" } },
      },
    });
  });
});
