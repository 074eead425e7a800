// npm run images: builds what changed, names it in .build/images.yaml, and loads it into the local cluster.
import { relative } from "node:path";
import { BundleError } from "../../docker/bundle.ts";
import { ClusterFailure, findCluster, loadImages } from "../cluster/cluster.ts";
import { buildImages, type BuiltImage } from "./build-images.ts";
import { parseCommandLine } from "./command-line.ts";
import { ImageError } from "./failure.ts";
import { writeImagesFile } from "./images-file.ts";
import { imagesFile, root } from "./paths.ts";

const line = ({ name, ref, cached, seconds, bytes }: BuiltImage): string =>
  `${name.padEnd(9)}  ${cached ? "cached" : "built "}  ${seconds.toFixed(1).padStart(6)} s  ${(bytes / 1e6).toFixed(0).padStart(4)} MB  ${ref}`;

/** Loads into the cluster of that name; without a name into the default one, if it is up. */
async function load(images: readonly BuiltImage[], name: string | undefined): Promise<void> {
  const cluster = name === undefined ? defaultCluster() : findCluster(name);
  if (cluster === undefined) {
    console.log("no local cluster is up: nothing loaded (`npm run cluster:up` makes one)");
    return;
  }
  const progress = (text: string): void => console.log(`cluster   ${cluster.name}: ${text}`);
  const files = images.map(({ file }) => file);
  await loadImages(cluster, files, progress);
}

function defaultCluster(): ReturnType<typeof findCluster> | undefined {
  try {
    return findCluster();
  } catch (error) {
    if (error instanceof ClusterFailure) return undefined;
    throw error;
  }
}

async function main(argv: readonly string[]): Promise<void> {
  const command = parseCommandLine(argv);
  const images = await buildImages({
    ...command,
    onWait: (pid) => console.error(`images    process ${pid ?? "?"} is building images: waiting for it`),
    onBuild: (name, log) => console.error(`${name.padEnd(9)}  building (output: ${relative(root, log)})`),
    onDone: (image) => console.log(line(image)),
  });
  await writeImagesFile(imagesFile, images);
  console.log(`values    ${relative(root, imagesFile)}`);
  if (command.load) await load(images, command.cluster);
}

/** One line for what a person can mend; undefined for a defect of ours, which keeps its stack. */
function messageFor(error: unknown): string | undefined {
  const forPeople = [ImageError, BundleError, ClusterFailure].some((kind) => error instanceof kind);
  if (forPeople) return (error as Error).message;
  // The file system's own: a full disk, a folder of another user. The message names the path.
  const { syscall, message } = error as NodeJS.ErrnoException;
  return syscall === undefined ? undefined : `images: ${message}`;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const message = messageFor(error);
  if (message === undefined) throw error;
  console.error(message);
  process.exitCode = 1;
}
