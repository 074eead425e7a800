// The stand-in's program: one static binary, compiled once for each state of its sources.
import { glob, mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../tools/cache.ts";
import { run, succeeds } from "./command.ts";
import { contentHash } from "./content-hash.ts";
import { ImageError } from "./failure.ts";
import { keepNewest } from "./keep-newest.ts";
import { logFolder, root } from "./paths.ts";

const sources = join(root, "test/stand-in");

/** Compiles test/stand-in unless that very state has been compiled before; gives the binary's path. */
export async function compileStandIn(): Promise<string> {
  if (!(await succeeds(["go", "version"])))
    throw new ImageError(
      "stand-in image: the command `go` is missing: install Go (https://go.dev/dl) and put it on PATH",
    );
  const version = await run({
    argv: ["go", "env", "GOVERSION"],
    doing: "stand-in image: go env",
    cwd: sources,
  });
  const folder = join(cacheFolder(), "stand-in");
  const state = await contentHash({ files: await sourceFiles(), args: { version } });
  const binary = join(folder, `stand-in-${state}`);
  if ((await stat(binary).catch(() => undefined)) !== undefined) return binary;
  await mkdir(folder, { recursive: true });
  const unfinished = join(folder, `unfinished-${process.pid}`);
  await run({
    argv: ["go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", unfinished, "."],
    doing: "stand-in image: go build of test/stand-in",
    cwd: sources,
    env: { CGO_ENABLED: "0", GOOS: "linux" },
    log: join(logFolder, "image-stand-in-go.log"),
  });
  await rename(unfinished, binary);
  await keepNewest(folder, /./, 8);
  return binary;
}

async function sourceFiles(): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const path of glob("**/*", { cwd: sources }))
    if (!/(_test\.go|\.md)$/.test(path) && (await stat(join(sources, path))).isFile())
      files[path] = join(sources, path);
  return files;
}
