import { execa } from "execa";
import { beforeAll, describe, expect, it } from "vitest";
import { ensureTool } from "../../ci/tools/tool.ts";
import { knownSchemas, schemasOf } from "./support/api-schemas.ts";
import { renderText } from "./support/helm.ts";
import { variants } from "./support/variants.ts";

/** The objects judged against schemas in a folder; kubeconform's words for each that is wrong. */
const judge = async (folder: string, manifests: string): Promise<{ faults: string[]; valid: number }> => {
  const location = `${folder}/{{ .ResourceKind }}{{ .KindSuffix }}.json`;
  const tool = await ensureTool("kubeconform");
  const { stdout } = await execa(tool, ["-output", "json", "-summary", "-schema-location", location], {
    input: manifests,
    reject: false,
  });
  const said = JSON.parse(stdout) as {
    resources: { kind: string; name: string; msg: string }[];
    summary: { valid: number };
  };
  return {
    faults: said.resources.map((one) => `${one.kind}/${one.name}: ${one.msg}`),
    valid: said.summary.valid,
  };
};

const known = await knownSchemas();

describe.skipIf(known.size === 0)(
  "objects of the shape the API server takes (no schemas seen yet: set KUBECONFIG)",
  () => {
    describe.each([...known])("Kubernetes %s", (version, folder) => {
      it.each(variants)("%s", async (_, rendering) => {
        const { faults, valid } = await judge(
          folder,
          await renderText({ kubeVersion: version.slice(1), ...rendering }),
        );
        expect(faults).toEqual([]);
        expect(valid).toBeGreaterThanOrEqual(20);
      });

      it("a misspelt field is found", async () => {
        const manifest = "apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { clusterIPx: None }\n";
        expect((await judge(folder, manifest)).faults).toHaveLength(1);
      });
    });
  },
);

describe("schemas from OpenAPI", () => {
  let thing: unknown;
  beforeAll(() => {
    const kinds = [{ group: "apps.example.com", version: "v1", kind: "Thing" }];
    const metadata = { allOf: [{ $ref: "#/components/schemas/Meta" }], default: {} };
    const schemas = {
      Thing: { type: "object", properties: { metadata }, "x-kubernetes-group-version-kind": kinds },
      Meta: { type: "object", properties: { name: { type: "string", description: "a name" } } },
      Free: { type: "object", additionalProperties: { type: "string" } },
    };
    thing = schemasOf({ components: { schemas } }).get("thing-apps-v1");
  });

  it("close objects that name their keys, leave maps open, and turn references", () => {
    expect(thing).toEqual({
      $ref: "#/definitions/Thing",
      definitions: {
        Thing: {
          type: "object",
          additionalProperties: false,
          properties: { metadata: { allOf: [{ $ref: "#/definitions/Meta" }] } },
        },
        Meta: { type: "object", additionalProperties: false, properties: { name: { type: "string" } } },
        Free: { type: "object", additionalProperties: { type: "string" } },
      },
    });
  });
});
