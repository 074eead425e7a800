// What is cached by content piles up with every change: the newest few are kept (going back to them costs nothing).
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

export type Entry = { readonly name: string; readonly madeAt: number };

/** Of the entries that match, the names of all but the newest `keep`. */
export function outdated(entries: readonly Entry[], pattern: RegExp, keep: number): string[] {
  return entries
    .filter(({ name }) => pattern.test(name))
    .sort((left, right) => right.madeAt - left.madeAt)
    .slice(keep)
    .map(({ name }) => name);
}

/** Removes what is outdated in a folder. */
export async function keepNewest(folder: string, pattern: RegExp, keep: number): Promise<void> {
  const names = await readdir(folder);
  const madeAt = async (name: string): Promise<number> =>
    (await stat(join(folder, name)).catch(() => undefined))?.mtimeMs ?? 0;
  const entries = await Promise.all(names.map(async (name) => ({ name, madeAt: await madeAt(name) })));
  for (const name of outdated(entries, pattern, keep))
    await rm(join(folder, name), { recursive: true, force: true });
}
