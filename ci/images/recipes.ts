// What each image is made from.
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { stat } from "node:fs/promises";
import { bundleHooks, smokeRun } from "../../docker/bundle.ts";
import { pinnedNodeVersion, type BaseName } from "./base-images.ts";
import { compileStandIn } from "./compile-stand-in.ts";
import { ImageError } from "./failure.ts";
import { root } from "./paths.ts";

export type ImageName = "hooks" | "exporters" | "stand-in" | "antdb";

export type Recipe = {
  readonly name: ImageName;
  /** Without registry: antdb-hooks. */
  readonly repository: string;
  readonly dockerfile: string;
  /** Path in the build's folder → source. */
  readonly files: Readonly<Record<string, string>>;
  readonly args: Readonly<Record<string, string>>;
  /** Build argument → base it names; an argument given by the user wins. */
  readonly bases: Readonly<Record<string, BaseName>>;
};

export type AntdbPackage = {
  /** An RPM, a .deb or a tarball. */
  readonly file: string;
  /** BASE, LIBRARIES, TOOLS of docker/antdb.Dockerfile. */
  readonly args: Readonly<Record<string, string>>;
};

export async function hooksRecipe(): Promise<Recipe> {
  const bundle = await bundleHooks();
  await smokeRun(bundle);
  const built = ".build/hooks";
  const names = await readdir(join(root, built));
  return {
    name: "hooks",
    repository: "antdb-hooks",
    dockerfile: "docker/hooks.Dockerfile",
    files: fromRoot(["docker/hooks.Dockerfile", ...names.map((name) => `${built}/${name}`)]),
    args: { BUNDLE: "given", NODE_VERSION: await pinnedNodeVersion() },
    bases: { NODE_IMAGE: "node" },
  };
}

export async function standInRecipe(): Promise<Recipe> {
  const dockerfile = "docker/stand-in.Dockerfile";
  return {
    name: "stand-in",
    repository: "antdb-stand-in",
    dockerfile,
    files: { ...fromRoot([dockerfile]), ".build/stand-in/stand-in": await compileStandIn() },
    args: { BINARY: "given" },
    // The program comes compiled: the stage that would compile it only hands it on.
    bases: { BASE: "debian", GO_IMAGE: "debian" },
  };
}

export function exportersRecipe(): Recipe {
  const dockerfile = "docker/exporters.Dockerfile";
  return {
    name: "exporters",
    repository: "antdb-exporters",
    dockerfile,
    files: fromRoot([dockerfile]),
    args: {},
    bases: { BASE: "debian" },
  };
}

export async function antdbRecipe(given: AntdbPackage): Promise<Recipe> {
  const found = await stat(given.file).catch(() => undefined);
  if (!found?.isFile())
    throw new ImageError(
      `antdb image: there is no file ${given.file}: give an RPM, a .deb or a tarball with --package PATH`,
    );
  const dockerfile = "docker/antdb.Dockerfile";
  const scripts = await readdir(join(root, "docker/antdb"));
  const packagePath = `package/${basename(given.file)}`;
  return {
    name: "antdb",
    repository: "antdb",
    dockerfile,
    files: {
      ...fromRoot([dockerfile, ...scripts.map((name) => `docker/antdb/${name}`)]),
      [packagePath]: given.file,
    },
    args: { ...given.args, PACKAGE: packagePath },
    bases: { BASE: "debian", TOOLS: "debian" },
  };
}

const fromRoot = (paths: readonly string[]): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, join(root, path)]));
