// Images by content: built when what they are made from changed, else taken from the cache.
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { basename, join } from "node:path";
import { withLock } from "../tools/lock.ts";
import { ensureImage, resolveBase } from "./base-images.ts";
import { keepNewest } from "./keep-newest.ts";
import { contentHash } from "./content-hash.ts";
import { chooseEngine } from "./choose-engine.ts";
import type { Engine } from "./engine.ts";
import { archiveFolder, logFolder, workFolder } from "./paths.ts";
import { withFiles } from "./place-files.ts";
import {
  antdbRecipe,
  exportersRecipe,
  hooksRecipe,
  standInRecipe,
  type AntdbPackage,
  type ImageName,
  type Recipe,
} from "./recipes.ts";

export type BuiltImage = {
  readonly name: ImageName;
  readonly registry: "localhost";
  readonly repository: string;
  /** Hash of what it is made from. */
  readonly tag: string;
  /** registry/repository:tag. */
  readonly ref: string;
  /** The image as an OCI archive. */
  readonly file: string;
  readonly bytes: number;
  readonly cached: boolean;
  readonly seconds: number;
};

export type BuildOptions = {
  /** Which images; hooks, exporters and the engine's (antdb with a package, else stand-in) when left out. */
  readonly only?: readonly ImageName[];
  /** The user's AntDB package, for the antdb image. */
  readonly package?: string;
  /** Build arguments for docker/antdb.Dockerfile: BASE, LIBRARIES, TOOLS. */
  readonly args?: Readonly<Record<string, string>>;
  /** An image has to be built; its output goes to `log`. */
  readonly onBuild?: (name: ImageName, log: string) => void;
  /** Another process builds images; this one waits for it. */
  readonly onWait?: (pid: number | undefined) => void;
  readonly onDone?: (image: BuiltImage) => void;
};

/** Builds what changed, one after the other: each build keeps all cores busy by itself. */
export async function buildImages(options: BuildOptions = {}): Promise<BuiltImage[]> {
  const names = options.only ?? ["hooks", "exporters", options.package === undefined ? "stand-in" : "antdb"];
  const engine = lazily(chooseEngine);
  const images: BuiltImage[] = [];
  for (const name of names) {
    const image = await buildImage(name, options, engine);
    options.onDone?.(image);
    images.push(image);
  }
  return images;
}

async function buildImage(
  name: ImageName,
  options: BuildOptions,
  engine: () => Promise<Engine>,
): Promise<BuiltImage> {
  const begin = performance.now();
  const recipe = await recipeOf(name, { file: options.package ?? "", args: options.args ?? {} });
  const tag = await contentHash(recipe);
  const ref = `localhost/${recipe.repository}:${tag}`;
  const file = join(archiveFolder(), `${recipe.repository}-${tag}.tar`);
  const cached = await exists(file);
  // One build at a time: two would clear away each other's images and unfinished files.
  const alone = <T>(work: () => Promise<T>): Promise<T> =>
    withLock(join(archiveFolder(), "lock"), work, options.onWait);
  if (!cached)
    await alone(async () => {
      if (await exists(file)) return;
      const log = join(logFolder, `image-${name}.log`);
      options.onBuild?.(name, log);
      await clearUnfinished();
      await makeArchive({ recipe, ref, file, log }, await engine());
    });
  const { size } = await stat(file);
  await utimes(file, new Date(), new Date()); // used now: what is kept is what was used last
  const seconds = (performance.now() - begin) / 1000;
  return {
    name,
    registry: "localhost",
    repository: recipe.repository,
    tag,
    ref,
    file,
    bytes: size,
    cached,
    seconds,
  };
}

async function recipeOf(name: ImageName, given: AntdbPackage): Promise<Recipe> {
  switch (name) {
    case "hooks":
      return await hooksRecipe();
    case "exporters":
      return exportersRecipe();
    case "stand-in":
      return await standInRecipe();
    case "antdb":
      return await antdbRecipe(given);
  }
}

type ArchiveTask = {
  readonly recipe: Recipe;
  readonly ref: string;
  readonly file: string;
  readonly log: string;
};

async function makeArchive({ recipe, ref, file, log }: ArchiveTask, engine: Engine): Promise<void> {
  const bases: Record<string, string> = {};
  for (const [arg, base] of Object.entries(recipe.bases)) {
    const given = recipe.args[arg];
    bases[arg] = given === undefined ? await resolveBase(engine, base) : await ensureImage(engine, given);
  }
  const args = { ...recipe.args, ...bases };
  await rm(log, { force: true });
  await withFiles(recipe.files, (context) => {
    const dockerfile = join(context, recipe.dockerfile);
    return engine.build({ ref, what: `${recipe.name} image`, dockerfile, context, args, log });
  });
  // A name of its own until it is whole: an archive cut short by Ctrl-C must not be taken for an image.
  const unfinished = join(archiveFolder(), `${unfinishedPrefix}${basename(file)}`);
  await engine.save(ref, unfinished);
  await rename(unfinished, file);
  await forgetOldImages(engine, recipe.repository, ref);
}

/** Keeps the last few archives; the engine's store needs the present image only, the archives have the others. */
async function forgetOldImages(engine: Engine, repository: string, present: string): Promise<void> {
  await keepNewest(archiveFolder(), new RegExp(`^${repository}-[0-9a-f]{12}\\.tar$`), 4);
  for (const ref of await engine.list(`localhost/${repository}`))
    if (ref !== present) await engine.remove(ref);
  await engine.tidy();
}

const unfinishedPrefix = ".unfinished-";

/** What a build that was killed left behind. */
async function clearUnfinished(): Promise<void> {
  await rm(workFolder, { recursive: true, force: true });
  await mkdir(archiveFolder(), { recursive: true });
  for (const name of await readdir(archiveFolder()))
    if (name.startsWith(unfinishedPrefix))
      await rm(join(archiveFolder(), name), { recursive: true, force: true });
}

const exists = async (file: string): Promise<boolean> =>
  (await stat(file).catch(() => undefined)) !== undefined;

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
