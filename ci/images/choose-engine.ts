// Which engine builds images here: docker where its daemon answers, else buildah as root.
import { join } from "node:path";
import { cacheFolder } from "../tools/cache.ts";
import { buildah } from "./buildah.ts";
import { succeeds } from "./command.ts";
import { ensureDebianPackages } from "./debian-packages.ts";
import { docker } from "./docker.ts";
import type { Engine } from "./engine.ts";
import { ImageError } from "./failure.ts";

/** The engine of this machine. */
export async function chooseEngine(): Promise<Engine> {
  if (await succeeds(["docker", "info"])) return docker;
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    throw new ImageError(
      "images: docker does not answer (`docker info`) and buildah needs root: start Docker, or run this as root",
    );
  await ensureDebianPackages(["buildah"]);
  const store = join(cacheFolder(), "buildah");
  const overlay = buildah({ store, driver: "overlay" });
  return (await overlay.works()) ? overlay : buildah({ store, driver: "vfs" });
}
