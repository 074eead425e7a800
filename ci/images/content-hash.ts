// An image's tag is a hash of all it is made from: the same inputs give the same tag on every machine, a changed one another.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

/** Raise this when the way images are put together changes in a manner no input shows. */
const recipeVersion = 1;

export type HashInput = {
  /** Files by the path they have in the build's folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly args: Readonly<Record<string, string>>;
};

/** Twelve hex digits of SHA-256 over paths, modes, contents and build arguments. */
export async function contentHash(input: HashInput): Promise<string> {
  const hash = createHash("sha256").update(`recipe ${recipeVersion}\n`);
  for (const [path, source] of sorted(input.files)) {
    const executable = ((await stat(source)).mode & 0o111) !== 0;
    hash.update(`file ${path} ${executable ? "x" : "-"} ${await fileHash(source)}\n`);
  }
  for (const [name, value] of sorted(input.args)) hash.update(`arg ${name}=${value}\n`);
  return hash.digest("hex").slice(0, 12);
}

/** SHA-256 of a file, in hex, read as a stream: a package may be hundreds of megabytes. */
async function fileHash(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

const sorted = (record: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1));
