// What an image archive holds, read without unpacking it, and whether a host has that already.
import { existsSync } from "node:fs";
import { ClusterFailure } from "./failure.ts";
import { run, succeeds } from "./run.ts";

/** An archive on disk: the image's full name, and its digest (none in Docker's own archive format, which has no such thing). */
export interface ImageArchive {
  readonly file: string;
  readonly reference: string;
  readonly digest?: string;
}

interface Index {
  readonly manifests?: readonly {
    readonly digest: string;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}

/** Reads an OCI archive's index.json. */
export const imageOfIndex = (file: string, text: string): ImageArchive => {
  const [manifest, ...more] = (JSON.parse(text) as Index).manifests ?? [];
  const annotations = manifest?.annotations ?? {};
  const reference =
    annotations["io.containerd.image.name"] ?? annotations["org.opencontainers.image.ref.name"];
  if (manifest === undefined || more.length > 0)
    throw new ClusterFailure(`${file} must hold exactly one image`);
  if (reference?.includes("/") !== true)
    throw new ClusterFailure(
      `${file} holds an image without a full name: save it as oci-archive:FILE:localhost/NAME:TAG`,
    );
  return { file, reference, digest: manifest.digest };
};

/** Reads a Docker archive's manifest.json. */
export const imageOfManifest = (file: string, text: string): ImageArchive => {
  const reference = (JSON.parse(text) as { readonly RepoTags?: readonly string[] }[])[0]?.RepoTags?.[0];
  if (reference === undefined)
    throw new ClusterFailure(`${file} holds an image without a name: save it by name and tag`);
  return { file, reference };
};

/** What an image archive holds. @throws ClusterFailure when there is no such file or it is no image archive. */
export const readArchive = async (file: string): Promise<ImageArchive> => {
  if (!existsSync(file))
    throw new ClusterFailure(`no image archive ${file}: build it with \`npm run images\``);
  if (!(await succeeds("tar", ["-tf", file])))
    throw new ClusterFailure(`${file} is no image archive: tar cannot read it`);
  const names = (await run("tar", ["-tf", file])).split("\n");
  const member = async (name: string): Promise<string | undefined> => {
    const found = names.find((entry) => entry === name || entry === `./${name}`);
    return found === undefined ? undefined : run("tar", ["-xOf", file, found]);
  };
  const index = await member("index.json");
  if (index !== undefined) return imageOfIndex(file, index);
  const manifest = await member("manifest.json");
  if (manifest !== undefined) return imageOfManifest(file, manifest);
  throw new ClusterFailure(`${file} is no image archive: it has neither index.json nor manifest.json`);
};

/** References and digests in the output of `ctr images ls`: a heading, then REF TYPE DIGEST … */
export const parseImages = (listing: string): Map<string, string> =>
  new Map(
    listing
      .split("\n")
      .slice(1)
      .map((line) => line.split(/\s+/))
      .map(([reference = "", , digest = ""]) => [reference, digest]),
  );

/** True when a host that lists `present` needs no import: the same name for the same content. */
export const isPresent = (image: ImageArchive, present: ReadonlyMap<string, string>): boolean =>
  image.digest !== undefined && present.get(image.reference) === image.digest;
