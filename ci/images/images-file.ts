// .build/images.yaml: the helm values that say which images to run.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parse, stringify } from "yaml";
import type { BuiltImage } from "./build-images.ts";

export type ImageValues = { readonly registry: string; readonly repository: string; readonly tag: string };
type ByExporter = { readonly node: { image: ImageValues }; readonly postgres: { image: ImageValues } };
type ImagesFile = {
  readonly images: Readonly<Partial<Record<"antdb" | "hooks", ImageValues>>>;
  readonly exporters?: ByExporter;
};

const header =
  "# Written by `npm run images`: the images to run, each tagged by a hash of what it is made from.\n";

/** The values file's new text: what was built replaces what stood there; an image that was not asked for stays. */
export function renderImagesFile(previous: string | undefined, built: readonly BuiltImage[]): string {
  const before = (previous === undefined ? undefined : (parse(previous) as ImagesFile | null)) ?? {
    images: {},
  };
  const images = { ...before.images };
  let { exporters } = before;
  for (const { name, registry, repository, tag } of built) {
    const image = { registry, repository, tag };
    // Both exporters are in one image.
    if (name === "exporters") exporters = { node: { image }, postgres: { image } };
    // The stand-in takes AntDB's place: chart and program cannot tell the two apart.
    else images[name === "hooks" ? "hooks" : "antdb"] = image;
  }
  const values: ImagesFile = { images, ...(exporters === undefined ? {} : { exporters }) };
  return header + stringify(values, { aliasDuplicateObjects: false });
}

export async function writeImagesFile(file: string, built: readonly BuiltImage[]): Promise<void> {
  const previous = await readFile(file, "utf8").catch(() => undefined);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, renderImagesFile(previous, built));
}
