/** JSON schemas for kubeconform, made of what an API server says of itself. */

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

/** The definitions that one of them leads to, itself included. */
const neededBy = (name: string, definitions: Json): Json => {
  const needed: Record<string, unknown> = {};
  const queue = [name];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (next in needed) continue;
    needed[next] = definitions[next];
    const references = JSON.stringify(definitions[next]).matchAll(/"#\/definitions\/([^"]+)"/g);
    for (const [, target] of references) if (target !== undefined) queue.push(target);
  }
  return needed;
};

/** File name → schema, for every kind that a document describes. */
export const schemasOf = (document: OpenApiDocument): Map<string, unknown> => {
  const definitions = mapValues(document.components.schemas);
  const files = new Map<string, unknown>();
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    const kinds = (schema["x-kubernetes-group-version-kind"] ?? []) as readonly Kind[];
    // Kinds such as DeleteOptions stand in every group: nobody applies them.
    if (kinds.length !== 1 || !isObject(schema["properties"]) || !("metadata" in schema["properties"]))
      continue;
    const needed = neededBy(name, definitions);
    for (const kind of kinds)
      files.set(fileName(kind), { $ref: `#/definitions/${name}`, definitions: needed });
  }
  return files;
};
