/** JSON schemas for kubeconform, taken from a running API server: what it would accept, without asking it each time. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cacheFolder } from "../../../ci/tools/cache.ts";
import { ensureTool } from "../../../ci/tools/tool.ts";

type Json = { readonly [key: string]: unknown };
interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}
/** One document below /openapi/v3, as far as it is read here. */
export interface OpenApiDocument {
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const mapValues = (object: Json): Json =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, toJsonSchema(value)]));

/** OpenAPI's words in JSON schema's: references point to `definitions`, and an object takes the keys it names only. */
const toJsonSchema = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(toJsonSchema);
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !key.startsWith("x-kubernetes-") && key !== "default" && key !== "description")
    .map(([key, part]): [string, unknown] => {
      if (key === "$ref") return [key, String(part).replace("#/components/schemas/", "#/definitions/")];
      // The names of fields: one may be called "default" and is none of OpenAPI's words then.
      return [key, key === "properties" && isObject(part) ? mapValues(part) : toJsonSchema(part)];
    });
  const closed = isObject(value["properties"]) && value["x-kubernetes-preserve-unknown-fields"] !== true;
  return { ...(closed ? { additionalProperties: false } : {}), ...Object.fromEntries(entries) };
};

/** The file name kubeconform looks for: kind, the group's first word, version. */
const fileName = ({ group, version, kind }: Kind): string =>
  [kind, ...(group === "" ? [] : [group.split(".")[0]]), version].join("-").toLowerCase();

/** File name → schema, for every kind that a document describes. */
export const schemasOf = (document: OpenApiDocument): Map<string, unknown> => {
  const definitions = mapValues(document.components.schemas);
  const files = new Map<string, unknown>();
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    const kinds = (schema["x-kubernetes-group-version-kind"] ?? []) as readonly Kind[];
    // Kinds such as DeleteOptions stand in every group: nobody applies them.
    if (kinds.length !== 1 || !isObject(schema["properties"]) || !("metadata" in schema["properties"]))
      continue;
    for (const kind of kinds) files.set(fileName(kind), { $ref: `#/definitions/${name}`, definitions });
  }
  return files;
};

const groups = [
  "api/v1",
  "apis/apps/v1",
  "apis/batch/v1",
  "apis/networking.k8s.io/v1",
  "apis/policy/v1",
  "apis/rbac.authorization.k8s.io/v1",
];
/** Schemas fetched before the chart had objects of another group are of no use. */
const shelf = (): string =>
  join(
    cacheFolder(),
    "api-schemas",
    createHash("sha256").update(groups.join("\n")).digest("hex").slice(0, 12),
  );

const get = async (path: string): Promise<unknown> => {
  const { stdout } = await execa(await ensureTool("kubectl"), ["get", "--raw", path], { timeout: 30_000 });
  return JSON.parse(stdout);
};

/** The schemas of the cluster that KUBECONFIG names, kept by the server's version. Returns that version. */
const fetchSchemas = async (): Promise<string> => {
  const { gitVersion } = (await get("/version")) as { gitVersion: string };
  const folder = join(shelf(), gitVersion);
  if (existsSync(folder)) return gitVersion;
  const fresh = `${folder}.${process.pid}`;
  await mkdir(fresh, { recursive: true });
  for (const group of groups) {
    const files = schemasOf((await get(`/openapi/v3/${group}`)) as OpenApiDocument);
    for (const [name, schema] of files) await writeFile(join(fresh, `${name}.json`), JSON.stringify(schema));
  }
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true }));
  return gitVersion;
};

/** Version → folder of every API server whose schemas can be had here: the one that runs, and those seen before. */
export const knownSchemas = async (): Promise<Map<string, string>> => {
  if (process.env["KUBECONFIG"] !== undefined) await fetchSchemas();
  const versions = await readdir(shelf()).catch(() => []);
  return new Map(versions.filter((one) => /^v[\d.]+$/.test(one)).map((one) => [one, join(shelf(), one)]));
};
