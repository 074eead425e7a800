// A build's folder: exactly the files that count for the image's tag, so that nothing else can get in.
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { workFolder } from "./paths.ts";

/** Makes a folder holding `files` (path in it → source), runs `use` with it and removes it again. */
export async function withFiles<T>(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  await mkdir(workFolder, { recursive: true });
  const folder = await mkdtemp(join(workFolder, "context-"));
  try {
    for (const [path, source] of Object.entries(files)) {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      await copyFile(source, target);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
