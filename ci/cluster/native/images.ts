// The images a cluster needs to work at all, made from scratch: nothing is pulled. Kept in the cache by content.
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../../tools/cache.ts";
import { withLock } from "../../tools/lock.ts";
import { ensureTools } from "../../tools/tool.ts";
import type { Progress } from "../driver.ts";
import { run } from "../run.ts";

/** One image: where its archive is (a file name in imageFolder), what it is called inside containerd. */
export interface SystemImage {
  readonly name: string;
  readonly archive: string;
  readonly reference: string;
  /** True when every host needs it, not only the control plane. */
  readonly everywhere: boolean;
}

interface Recipe {
  readonly name: string;
  readonly everywhere: boolean;
  /** Whatever decides the content; the image is made again when it changes. */
  readonly inputs: readonly (string | Buffer)[];
  /** Puts the image's files below `root`. */
  readonly fill: (root: string) => Promise<void>;
  /** Options of `buildah config`. */
  readonly config: readonly string[];
}

/** Where the archives are; native hosts see it as /opt/images. */
export const imageFolder = (): string => join(cacheFolder(), "cluster-images");

const pauseSource = join(dirname(fileURLToPath(import.meta.url)), "pause");
const busybox = "/bin/busybox";

const fillPause = async (root: string): Promise<void> => {
  const env = { CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" };
  const flags = ["-trimpath", "-buildvcs=false", "-ldflags", "-s -w"];
  await run("go", ["build", ...flags, "-o", join(root, "pause"), "."], { cwd: pauseSource, env });
};

const fillBusybox = async (root: string): Promise<void> => {
  for (const folder of ["bin", "etc", "tmp", "root"]) mkdirSync(join(root, folder));
  chmodSync(join(root, "tmp"), 0o1777);
  copyFileSync(busybox, join(root, "bin/busybox"));
  const applets = (await run(busybox, ["--list"])).split("\n").filter((name) => name !== "busybox");
  for (const applet of applets) symlinkSync("busybox", join(root, "bin", applet));
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\n");
  writeFileSync(join(root, "etc/nsswitch.conf"), "hosts: files dns\n");
};

const oneBinary = (name: string, binary: string, folder: string): Recipe => ({
  name,
  everywhere: false,
  inputs: [binary], // the path names version and content
  fill: async (root) => {
    mkdirSync(join(root, folder), { recursive: true });
    copyFileSync(binary, join(root, folder, name));
    chmodSync(join(root, folder, name), 0o755);
    return Promise.resolve();
  },
  config: ["--env", `PATH=/${folder}`, "--entrypoint", JSON.stringify([`/${join(folder, name)}`])],
});

const recipes = async (): Promise<Recipe[]> => {
  const [coredns = "", localPath = ""] = await ensureTools(["coredns", "local-path-provisioner"]);
  return [
    {
      name: "pause",
      everywhere: true,
      inputs: [readFileSync(join(pauseSource, "main.go")), readFileSync(join(pauseSource, "go.mod"))],
      fill: fillPause,
      config: ["--entrypoint", '["/pause"]', "--user", "65535:65535"],
    },
    {
      name: "busybox",
      everywhere: true,
      inputs: [readFileSync(busybox)],
      fill: fillBusybox,
      config: ["--cmd", "sh", "--env", "PATH=/bin"],
    },
    oneBinary("coredns", coredns, "usr/bin"),
    oneBinary("local-path-provisioner", localPath, "usr/bin"),
  ];
};

const imageOf = (recipe: Recipe): SystemImage => {
  const hash = createHash("sha256").update(JSON.stringify([recipe.config, recipe.fill.toString()]));
  for (const input of recipe.inputs) hash.update(input);
  const key = hash.digest("hex").slice(0, 12);
  return {
    name: recipe.name,
    archive: `${recipe.name}-${key}.tar`,
    reference: `localhost/antdb-cluster-${recipe.name}:${key}`,
    everywhere: recipe.everywhere,
  };
};

const build = async (recipe: Recipe, image: SystemImage): Promise<void> => {
  const work = mkdtempSync(join(tmpdir(), "antdb-cluster-image-"));
  const buildah = (...args: string[]): Promise<string> =>
    run("buildah", [
      "--root",
      join(work, "store"),
      "--runroot",
      join(work, "run"),
      "--storage-driver",
      "vfs",
      ...args,
    ]);
  try {
    const root = join(work, "root");
    mkdirSync(root);
    await recipe.fill(root);
    const container = await buildah("from", "scratch");
    await buildah("copy", "-q", container, root, "/");
    await buildah("config", ...recipe.config, container);
    await buildah("commit", "-q", "--disable-compression", container, image.reference);
    await buildah("push", "-q", image.reference, `oci-archive:${join(work, "image.tar")}:${image.reference}`);
    copyFileSync(join(work, "image.tar"), join(imageFolder(), `${image.archive}.new`));
    renameSync(join(imageFolder(), `${image.archive}.new`), join(imageFolder(), image.archive));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

/** The system images, made when they are not in the cache. */
export const ensureSystemImages = async (progress: Progress): Promise<SystemImage[]> => {
  const all = (await recipes()).map((recipe) => ({ recipe, image: imageOf(recipe) }));
  const absent = (): typeof all => all.filter(({ image }) => !existsSync(join(imageFolder(), image.archive)));
  if (absent().length > 0) {
    mkdirSync(imageFolder(), { recursive: true });
    await withLock(join(imageFolder(), "lock"), async () => {
      const missing = absent();
      progress(`making images, once: ${missing.map(({ recipe }) => recipe.name).join(", ")}`);
      await Promise.all(missing.map(({ recipe, image }) => build(recipe, image)));
    });
  }
  return all.map(({ image }) => image);
};
