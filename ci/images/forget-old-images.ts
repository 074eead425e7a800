// Every change makes an image with a new tag: the last few are kept (going back to them costs nothing), older ones go.
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "./engine.ts";
import { archiveFolder } from "./paths.ts";

/** Archives to keep for each image. */
const kept = 4;

export type Archive = { readonly name: string; readonly madeAt: number };

/** The archives of one repository that are to go: all but the newest few. */
export function outdated(archives: readonly Archive[], repository: string, keep = kept): string[] {
  const own = new RegExp(`^${repository}-[0-9a-f]{12}\\.tar$`);
  return archives
    .filter(({ name }) => own.test(name))
    .sort((left, right) => right.madeAt - left.madeAt)
    .slice(keep)
    .map(({ name }) => name);
}

/** Removes outdated archives, and from the engine's store all images of this repository but the present one: the archive has them. */
export async function forgetOldImages(engine: Engine, repository: string, present: string): Promise<void> {
  const names = await readdir(archiveFolder());
  const archives = await Promise.all(
    names.map(async (name) => ({
      name,
      madeAt: (await stat(join(archiveFolder(), name)).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  );
  for (const name of outdated(archives, repository)) await rm(join(archiveFolder(), name), { force: true });
  for (const ref of await engine.list(`localhost/${repository}`))
    if (ref !== present) await engine.remove(ref);
}
