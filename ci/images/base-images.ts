// The images the FROM lines name: pulled where a registry answers, else made of Debian's packages.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { run } from "./command.ts";
import { ensureDebianPackages } from "./debian-packages.ts";
import type { Engine } from "./engine.ts";
import { ImageError } from "./failure.ts";
import { archiveFolder, logFolder, root } from "./paths.ts";
import { withFiles } from "./place-files.ts";

export type BaseName = "debian" | "node";

/** npm's package `node` is the same program as in the official image of that version. */
const nodePackage = join(root, "node_modules/node");

/** A Debian as small as the official "slim" one: no recommended packages, no manuals, no translations. */
const mmdebstrap = [
  ...["mmdebstrap", "--quiet", "--variant=minbase", '--aptopt=APT::Install-Recommends "false"'],
  ...["doc", "man", "locale", "info", "lintian"].map(
    (folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`,
  ),
  "--dpkgopt=path-include=/usr/share/doc/*/copyright",
  // Merged /usr from the start: else apt picks the package that merges it, and Perl with it (50 MB).
  ...["--include=usr-is-merged", "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr"],
] as const;
const suite = "bookworm";

const short = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 12);

/** The version of Node in the hooks image: that of the package this checkout pins. */
export async function pinnedNodeVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(nodePackage, "package.json"), "utf8")) as {
    version: string;
  };
  return version;
}

/** The registry's image a base is taken from where that can be had. */
export async function registryImage(base: BaseName): Promise<string> {
  return base === "debian"
    ? `docker.io/library/debian:${suite}-slim`
    : `docker.io/library/node:${await pinnedNodeVersion()}-${suite}-slim`;
}

/** Gives the name of an image in the engine's store that serves as `base`. */
export async function resolveBase(engine: Engine, base: BaseName): Promise<string> {
  const official = await registryImage(base);
  if (await engine.has(official)) return official;
  const ours = `localhost/antdb-base-${base}:${base === "debian" ? short([...mmdebstrap, suite].join(" ")) : await pinnedNodeVersion()}`;
  if (await engine.has(ours)) return ours;
  try {
    await engine.pull(official);
    return official;
  } catch (error) {
    if (process.platform !== "linux" || process.getuid?.() !== 0)
      throw new ImageError(
        `${(error as Error).message}; making it from Debian's packages instead needs root on Linux`,
        { cause: error },
      );
  }
  await (base === "debian" ? makeDebian(engine, ours) : makeNode(engine, ours));
  return ours;
}

/** Any image by name, as a user gives one: pulled when it is not there. */
export async function ensureImage(engine: Engine, ref: string): Promise<string> {
  if (await engine.has(ref)) return ref;
  try {
    await engine.pull(ref);
  } catch (error) {
    const remedy = "give an image that can be pulled from here, or leave --build-arg BASE and TOOLS out";
    throw new ImageError(`${(error as Error).message}; ${remedy}`, { cause: error });
  }
  return ref;
}

async function makeDebian(engine: Engine, ref: string): Promise<void> {
  const archive = join(archiveFolder(), `${ref.replace(/^localhost\//, "").replace(":", "-")}.tar`);
  if ((await stat(archive).catch(() => undefined)) === undefined) {
    await ensureDebianPackages(["mmdebstrap"]);
    await mkdir(archiveFolder(), { recursive: true });
    const unfinished = join(archiveFolder(), `.unfinished-${basename(archive)}`);
    await run({
      argv: [...mmdebstrap, "--format=tar", suite, unfinished],
      doing: `Debian ${suite} base: mmdebstrap`,
      log: join(logFolder, "image-base-debian.log"),
    });
    await rename(unfinished, archive);
  }
  await buildBase(engine, ref, 'FROM scratch\nADD debian.tar /\nCMD ["/bin/bash"]\n', {
    "debian.tar": archive,
  });
}

async function makeNode(engine: Engine, ref: string): Promise<void> {
  const debian = await resolveBase(engine, "debian");
  const text = `FROM ${debian}\nCOPY node /usr/local/bin/node\nRUN node --version\n`;
  await buildBase(engine, ref, text, { node: join(nodePackage, "bin/node") });
}

async function buildBase(
  engine: Engine,
  ref: string,
  text: string,
  files: Record<string, string>,
): Promise<void> {
  await withFiles(files, async (context) => {
    const dockerfile = join(context, "Dockerfile");
    await writeFile(dockerfile, text);
    await engine.build({
      ref,
      what: "base image",
      dockerfile,
      context,
      args: {},
      log: join(logFolder, "image-bases.log"),
    });
  });
}
