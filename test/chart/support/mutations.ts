/** Values with something wrong at each key, to see that the schema says where. */

export type Tree = Readonly<Record<string, unknown>>;
export type Path = readonly string[];

export const isMap = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A tree over another: maps are joined, the rest replaced. */
export const over = (below: Tree, above: Tree): Tree => {
  const joined: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = joined[key];
    joined[key] = isMap(old) && isMap(value) ? over(old, value) : value;
  }
  return joined;
};

/** Every key of a tree, as the path that leads to it. `global` belongs to parent charts and takes anything. */
export const pathsOf = (tree: Tree, above: Path = []): readonly Path[] =>
  Object.entries(tree).flatMap(([key, value]) => {
    const path = [...above, key];
    if (path.join(".") === "global") return [];
    return [path, ...(isMap(value) ? pathsOf(value, path) : [])];
  });

/** Values that hold one thing at one path. */
const only = (path: Path, value: unknown): Tree => {
  const [first = "", ...rest] = path;
  return { [first]: rest.length === 0 ? value : only(rest, value) };
};

export const at = (tree: Tree, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (isMap(inner) ? inner[key] : undefined), tree);

/** Values that hold what `value` says at each of the paths. */
export const each = (paths: readonly Path[], value: (path: Path) => unknown): Tree =>
  paths.reduce<Tree>((tree, path) => over(tree, only(path, value(path))), {});

/** As helm names it: /dn/replicas. */
export const pointer = (path: Path): string =>
  path.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
