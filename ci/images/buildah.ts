// Images built by buildah as root, without a daemon. It has a store of its own under the cache folder: nothing of the
// machine's is touched, and removing that folder is enough to be rid of it.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { run, succeeds } from "./command.ts";
import { packOciArchive } from "./oci-archive.ts";
import { buildArgs, pullTimeout, type Engine } from "./engine.ts";

export type BuildahStore = { readonly store: string; readonly driver: "overlay" | "vfs" };
export type Buildah = Engine & {
  /** Whether this kernel and file system take the storage driver. */
  works(): Promise<boolean>;
};

type Argv = [string, ...string[]];

export function buildah({ store, driver }: BuildahStore): Buildah {
  const where = ["--root", join(store, driver), "--runroot", join(store, "run"), "--storage-driver", driver];
  const argv = (...args: string[]): Argv => ["buildah", ...where, ...args];
  return {
    name: "buildah",
    works: () => succeeds(argv("info")),
    has: (ref) => succeeds(argv("inspect", "--type", "image", ref)),
    pull: async (ref) => {
      await run({ argv: argv("pull", "--quiet", ref), doing: `buildah pull ${ref}`, timeout: pullTimeout });
    },
    build: async ({ ref, what, dockerfile, context, args, log }) => {
      const how = ["--isolation", "chroot", "--layers", "--force-rm", "--pull-never", "--format", "oci"];
      const build = argv("build", ...how, "--file", dockerfile, "--tag", ref, ...buildArgs(args), context);
      await run({ argv: build, doing: `${what}: buildah build`, log });
    },
    save: (ref, file) => save(argv, ref, file),
    remove: async (ref) => {
      await succeeds(argv("rmi", ref));
    },
    tidy: () => tidy(argv),
    list: async (repository) => {
      const all = argv("images", "--noheading", "--format", "{{.Name}}:{{.Tag}}");
      const output = await run({ argv: all, doing: "buildah images" });
      return output.split("\n").filter((ref) => ref.startsWith(`${repository}:`) && !ref.endsWith(":<none>"));
    },
  };
}

/** Build stages of earlier images to keep for the next build: one or two a change. */
const keptStages = 20;

async function tidy(argv: (...args: string[]) => Argv): Promise<void> {
  // A build that was killed leaves its container.
  await succeeds(argv("rm", "--all"), 120);
  const images = await run({
    argv: argv("images", "--quiet", "--filter", "dangling=true"),
    doing: "buildah images",
  });
  if (images.split("\n").length > keptStages) await succeeds(argv("rmi", "--prune"), 300);
}

async function save(argv: (...args: string[]) => Argv, ref: string, file: string): Promise<void> {
  const folder = `${file}.d`;
  try {
    const push = argv("push", "--quiet", "--disable-compression", ref, `dir:${folder}`);
    await run({ argv: push, doing: `buildah push of ${ref}` });
    await packOciArchive(folder, ref, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
