// Images into hosts: there is no registry, so archives are imported into each host's containerd.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ImageArchive, isPresent, parseImages, readArchive } from "../archive.ts";
import type { Progress } from "../driver.ts";
import { ClusterFailure } from "../failure.ts";
import { controlPlane } from "../names.ts";
import { run, succeeds } from "../run.ts";
import type { SystemImage } from "./images.ts";
import type { Layout } from "./layout.ts";
import { insideHost } from "./power.ts";

const ctr = ["ctr", "-n", "k8s.io", "images"];

const inside = (
  layout: Layout,
  host: string,
  command: readonly string[],
  inputFile?: string,
): Promise<string> => {
  const [first = "", ...rest] = insideHost(layout, host, command);
  return run(first, rest, { timeout: 600_000, ...(inputFile === undefined ? {} : { inputFile }) });
};

const waitForContainerd = async (layout: Layout, host: string): Promise<void> => {
  const [first = "", ...rest] = insideHost(layout, host, ["ctr", "version"]);
  const deadline = Date.now() + 20_000;
  while (!(await succeeds(first, rest))) {
    if (Date.now() > deadline)
      throw new ClusterFailure(
        `containerd of host ${host} does not answer: look at \`exec ${host} tail /var/log/containerd.log\``,
      );
    await sleep(100);
  }
};

/** Imports what one host lacks; returns how many that were. */
const loadHost = async (layout: Layout, host: string, images: readonly ImageArchive[]): Promise<number> => {
  await waitForContainerd(layout, host);
  const present = parseImages(await inside(layout, host, [...ctr, "ls"]));
  const missing = images.filter((image) => !isPresent(image, present));
  for (const image of missing) await inside(layout, host, [...ctr, "import", "-"], image.file);
  return missing.length;
};

const memory = (layout: Layout): string => join(layout.state, "loaded.json");

const remembered = (layout: Layout): ImageArchive[] =>
  existsSync(memory(layout)) ? (JSON.parse(readFileSync(memory(layout), "utf8")) as ImageArchive[]) : [];

/** Tags of one repository that are kept in mind: the present one and the one an upgrade starts from. */
const keptTags = 2;

/** Adds newly loaded archives to those remembered, the newest last, and drops what is older than the last two of a repository. Pure. */
export const rememberedAfter = (
  before: readonly ImageArchive[],
  loaded: readonly ImageArchive[],
): ImageArchive[] => {
  const newest = [
    ...before.filter((old) => !loaded.some((image) => image.reference === old.reference)),
    ...loaded,
  ];
  const repository = (image: ImageArchive): string => image.reference.replace(/:[^:/]*$/, "");
  return newest.filter(
    (image, index) =>
      newest.slice(index + 1).filter((later) => repository(later) === repository(image)).length < keptTags,
  );
};

/** For hosts that are off or not there yet. */
const remember = (layout: Layout, images: readonly ImageArchive[]): void => {
  writeFileSync(memory(layout), `${JSON.stringify(rememberedAfter(remembered(layout), images), null, 1)}\n`);
};

/** Loads archives into all given hosts at once. */
export const loadArchives = async (
  layout: Layout,
  hosts: readonly string[],
  files: readonly string[],
  progress: Progress,
): Promise<void> => {
  const images = await Promise.all(files.map(readArchive));
  const counts = await Promise.all(hosts.map((host) => loadHost(layout, host, images)));
  remember(layout, images);
  const told = hosts.map(
    (host, index) => `${host} ${counts[index] === 0 ? "had all" : `+${counts[index] ?? 0}`}`,
  );
  progress(`${images.map((image) => image.reference).join(", ")} loaded: ${told.join(", ")}`);
};

/** Gives hosts made by an earlier version of this the system images of the present one. */
export const loadSystemImages = async (
  layout: Layout,
  hosts: readonly string[],
  images: readonly SystemImage[],
  folder: string,
): Promise<void> => {
  const archives = await Promise.all(
    images.map(async (image) => ({ image, archive: await readArchive(join(folder, image.archive)) })),
  );
  const wanted = (host: string): ImageArchive[] =>
    archives.filter(({ image }) => image.everywhere || host === controlPlane).map(({ archive }) => archive);
  await Promise.all(hosts.map((host) => loadHost(layout, host, wanted(host))));
};

/** Gives hosts what was loaded while they were off or before they were made, as far as the archives are still there. */
export const recallImages = async (
  layout: Layout,
  hosts: readonly string[],
  progress: Progress,
): Promise<void> => {
  const images = remembered(layout).filter((image) => existsSync(image.file));
  if (images.length === 0 || hosts.length === 0) return;
  const counts = await Promise.all(hosts.map((host) => loadHost(layout, host, images)));
  const given = hosts.filter((_, index) => counts[index] !== 0);
  if (given.length > 0) progress(`images loaded earlier given to ${given.join(", ")}`);
};
