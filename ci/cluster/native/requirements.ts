// What the native cluster needs of the machine: Linux, root, and some Debian packages, installed when they are missing.
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Progress } from "../driver.ts";
import { ClusterFailure } from "../failure.ts";
import { run } from "../run.ts";

/** A command or file, and the Debian package that brings it. */
const needed: readonly (readonly [what: string, package_: string])[] = [
  ["containerd", "containerd"],
  ["runc", "runc"],
  ["/usr/lib/cni/ptp", "containernetworking-plugins"],
  ["etcd", "etcd-server"],
  ["buildah", "buildah"],
  ["iptables", "iptables"],
  ["conntrack", "conntrack"],
  ["ipset", "ipset"],
  ["ethtool", "ethtool"],
  ["socat", "socat"],
  ["ip", "iproute2"],
  ["sysctl", "procps"],
  ["tini", "tini"],
  ["/bin/busybox", "busybox-static"],
  ["openssl", "openssl"],
  ["curl", "curl"],
];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const onPath = (command: string): boolean =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .concat("/usr/sbin", "/sbin")
    .some((folder) => isExecutable(join(folder, command)));

const isPresent = (what: string): boolean => (what.startsWith("/") ? existsSync(what) : onPath(what));

/** The packages a machine lacks, given how to tell. Pure but for `present`. */
export const missingPackages = (present: (what: string) => boolean = isPresent): string[] =>
  needed.filter(([what]) => !present(what)).map(([, package_]) => package_);

/** Refuses a machine the native cluster cannot run on. */
export const checkMachine = (
  platform: string = process.platform,
  uid: number | undefined = process.getuid?.(),
): void => {
  if (platform !== "linux")
    throw new ClusterFailure(
      `a cluster of its own needs Linux, this is ${platform}: start Docker and install kind, or give a cluster with --context`,
    );
  if (uid !== 0)
    throw new ClusterFailure(
      "hosts made of namespaces need root: run this with sudo, start Docker and install kind, or give a cluster with --context",
    );
};

const install = async (packages: readonly string[]): Promise<void> => {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const timeout = 600_000;
  const wait = ["-o", "DPkg::Lock::Timeout=300"];
  try {
    await run("apt-get", [...wait, "install", "-y", "-qq", "--no-install-recommends", ...packages], {
      env,
      timeout,
    });
  } catch {
    await run("apt-get", ["update", "-qq"], { env, timeout }); // lists may be old or absent
    await run("apt-get", [...wait, "install", "-y", "-qq", "--no-install-recommends", ...packages], {
      env,
      timeout,
    });
  }
};

/** Makes sure of Linux, root and packages. @throws ClusterFailure naming the package and the command that installs it. */
export const ensureRequirements = async (progress: Progress): Promise<void> => {
  checkMachine();
  const packages = missingPackages();
  if (packages.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  progress(`installing from Debian, once for this machine: ${packages.join(" ")}`);
  try {
    await install(packages);
  } catch (error) {
    const why = error instanceof ClusterFailure ? error.message : String(error);
    throw new ClusterFailure(
      `missing ${packages.join(", ")}, and apt-get failed: type \`${command}\` (${why})`,
    );
  }
  const still = missingPackages();
  if (still.length > 0)
    throw new ClusterFailure(
      `${still.join(", ")} installed but not found: type \`${command}\` and look at what it says`,
    );
};
