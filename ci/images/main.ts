// npm run images: builds what changed, names it in .build/images.yaml, and loads it into the local cluster.
import { relative } from "node:path";
import { BundleError } from "../../docker/bundle.ts";
import { buildImages, type BuiltImage } from "./build-images.ts";
import { parseCommandLine } from "./command-line.ts";
import { ImageError } from "./failure.ts";
import { writeImagesFile } from "./images-file.ts";
import { imagesFile, root } from "./paths.ts";

const line = ({ name, ref, cached, seconds, bytes }: BuiltImage): string =>
  `${name.padEnd(8)}  ${cached ? "cached" : "built "}  ${seconds.toFixed(1).padStart(6)} s  ${(bytes / 1e6).toFixed(0).padStart(4)} MB  ${ref}`;

async function main(argv: readonly string[]): Promise<void> {
  const command = parseCommandLine(argv);
  const images = await buildImages({ ...command, onDone: (image) => console.log(line(image)) });
  await writeImagesFile(imagesFile, images);
  console.log(`values    ${relative(root, imagesFile)}`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ImageError || error instanceof BundleError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
