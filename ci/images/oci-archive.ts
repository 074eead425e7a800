// An OCI archive of an image that buildah wrote as a plain folder (manifest.json, and each blob by its SHA-256). buildah's own
// `oci-archive:` compresses every layer, which costs more time here than the disk is worth: packing and each host's unpacking.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./command.ts";

/** index.json of an archive with this one manifest, under the image's full name. */
export function renderIndex(manifest: Buffer, ref: string): string {
  const digest = createHash("sha256").update(manifest).digest("hex");
  const { mediaType } = JSON.parse(manifest.toString()) as { mediaType: string };
  // containerd reads the first name, skopeo and podman the second.
  const annotations = { "io.containerd.image.name": ref, "org.opencontainers.image.ref.name": ref };
  const entry = { mediaType, digest: `sha256:${digest}`, size: manifest.length, annotations };
  return JSON.stringify({ schemaVersion: 2, manifests: [entry] });
}

/** Packs `folder` into `file`, and uses the folder up. */
export async function packOciArchive(folder: string, ref: string, file: string): Promise<void> {
  const manifest = await readFile(join(folder, "manifest.json"));
  const blobs = join(folder, "blobs/sha256");
  await mkdir(blobs, { recursive: true });
  for (const name of await readdir(folder))
    if (/^[0-9a-f]{64}$/.test(name)) await rename(join(folder, name), join(blobs, name));
  await rm(join(folder, "version"), { force: true });
  await rename(
    join(folder, "manifest.json"),
    join(blobs, createHash("sha256").update(manifest).digest("hex")),
  );
  await writeFile(join(folder, "index.json"), renderIndex(manifest, ref));
  await writeFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await run({
    argv: ["tar", "-C", folder, "-cf", file, "oci-layout", "index.json", "blobs"],
    doing: `tar of ${ref}`,
  });
}
