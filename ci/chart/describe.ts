/** Puts what values.yaml says above its keys into the schema, where editors show it. */
import type { DocumentedValue } from "./comments.ts";
import type { Schema } from "./schema-parts.ts";

type Node = { [key: string]: unknown };

const definitionsOf = (schema: Node): Record<string, Node> =>
  (schema["definitions"] ?? {}) as Record<string, Node>;

/** A copy in which no part stands in two places: words for one of them must not show at the other. */
const unshared = (schema: Schema): Node => JSON.parse(JSON.stringify(schema)) as Node;

/** The part of the schema for one key of `parent`. What many paths share is copied first: each has words of its own. */
const step = (schema: Node, parent: Node, key: string): Node | undefined => {
  const target = parent["$ref"];
  if (typeof target === "string") {
    const shared = definitionsOf(schema)[target.replace("#/definitions/", "")] ?? {};
    const own = { ...parent };
    Object.assign(parent, unshared(shared), own);
    delete parent["$ref"];
  }
  const known = ((parent["properties"] ?? {}) as Record<string, Node>)[key];
  // A name of the user's choice: what its value may be is said once for all names.
  const any = parent["additionalProperties"];
  return known ?? (typeof any === "object" && any !== null ? unshared(any as Schema) : undefined);
};

const walk = (schema: Node, from: Node, path: readonly string[]): Node | undefined => {
  let node: Node | undefined = from;
  for (const key of path) node = node === undefined ? undefined : step(schema, node, key);
  return node;
};

/** True for a key that every role or pod may have: `pods` and `nodes` describe it for all, once, in `definitions`. */
const isShared = (schema: Node, [block, key]: readonly string[]): boolean =>
  (block === "pods" || block === "nodes") && key !== undefined && Object.hasOwn(definitionsOf(schema), key);

const nodeAt = (schema: Node, path: readonly string[]): Node | undefined => {
  const shared = isShared(schema, path) ? definitionsOf(schema)[path[1] ?? ""] : undefined;
  return walk(schema, shared ?? schema, shared === undefined ? path : path.slice(2));
};

/** The schema with a description for each documented value, and the paths it knows nothing of. */
export const describe = (
  original: Schema,
  values: readonly DocumentedValue[],
): { schema: Schema; unknown: readonly string[] } => {
  const schema = unshared(original);
  const shared = values.filter((one) => isShared(schema, one.path));
  const unknown: string[] = [];
  // Definitions first: a copy of one takes its words with it.
  for (const { path, text } of [...shared, ...values.filter((one) => !isShared(schema, one.path))]) {
    const node = nodeAt(schema, path);
    if (node === undefined) unknown.push(path.join("."));
    else node["description"] = text;
  }
  return { schema, unknown };
};

/** The schema of one path, references followed; undefined when the schema has no such key. */
export const schemaAt = (schema: Schema, path: readonly string[]): Schema | undefined => {
  const copy = unshared(schema);
  const node = walk(copy, copy, path);
  if (node !== undefined) step(copy, node, "");
  return node;
};
