// A host's disk: the root tree it boots from. It survives a power cut and is removed by `down`.
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { totalmem } from "node:os";
import { dirname, join } from "node:path";
import { controlPlane, hostNames } from "../names.ts";
import { run } from "../run.ts";
import { maxWorkers } from "../settings.ts";
import type { SystemImage } from "./images.ts";
import { clusterCidr, diskOf, dnsAddress, hostAddress, type Layout, podCidr, serviceCidr } from "./layout.ts";
import { issueKubelet, kubeconfigFor } from "./pki.ts";
import { renderControlPlane } from "./render/control-plane.ts";
import { renderKubelet, renderKubeletFlags, renderKubeProxy } from "./render/node.ts";
import { renderCni, renderContainerd } from "./render/runtime.ts";

const folders = [
  ...[
    "usr",
    "proc",
    "sys",
    "dev",
    "run",
    "tmp",
    "mnt",
    "root",
    "home",
    "srv",
    "opt/kubernetes",
    "opt/images",
    "opt/host",
  ],
  ...[
    "opt/local-path",
    "etc/cni/net.d",
    "etc/containerd",
    "etc/kubernetes/pki",
    "var/log/pods",
    "var/tmp",
    "var/cache",
  ],
  ...["var/lib/kubelet", "var/lib/containerd", "var/lib/cni", "var/lib/etcd"],
];

const links: readonly (readonly [string, string])[] = [
  ...["bin", "sbin", "lib", "lib64"].map((name) => [`usr/${name}`, name] as const),
  ["/run", "var/run"],
  ["/run/lock", "var/lock"],
  ["/proc/self/mounts", "etc/mtab"],
];

/** The few files of the machine's /etc that its programs in /usr look for. */
const shared = [
  "passwd",
  "group",
  "nsswitch.conf",
  "ssl",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "alternatives",
].concat(["protocols", "services", "ethertypes", "iproute2", "os-release", "debian_version", "localtime"]);

/** Written last: a disk without it was cut short. */
const complete = "etc/host-complete";

export const hasDisk = (layout: Layout, host: string): boolean =>
  existsSync(join(diskOf(layout, host), complete));

const write = (disk: string, files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(disk, path)), { recursive: true });
    writeFileSync(join(disk, path), text, { mode: path.endsWith("kubeconfig") ? 0o600 : 0o644 });
  }
};

const tree = async (disk: string): Promise<void> => {
  for (const folder of folders) mkdirSync(join(disk, folder), { recursive: true });
  for (const [target, path] of links) symlinkSync(target, join(disk, path));
  chmodSync(join(disk, "tmp"), 0o1777);
  chmodSync(join(disk, "var/tmp"), 0o1777);
  const present = shared.filter((name) => existsSync(join("/etc", name)));
  await run("cp", ["-a", "-t", join(disk, "etc"), ...present.map((name) => join("/etc", name))]);
};

const identity = (layout: Layout, host: string): Record<string, string> => {
  const names = hostNames(maxWorkers).map((name) => `${hostAddress(layout, name)} ${name}`);
  return {
    "etc/hostname": `${host}\n`,
    "etc/host-address": `${hostAddress(layout, host)}\n`,
    "etc/machine-id": `${randomBytes(16).toString("hex")}\n`,
    "etc/resolv.conf": `nameserver ${dnsAddress(layout)}\n`,
    "etc/hosts": ["127.0.0.1 localhost", ...names, ""].join("\n"),
  };
};

const node = (layout: Layout, host: string, images: readonly SystemImage[]): Record<string, string> => {
  const pause = images.find((image) => image.name === "pause")?.reference ?? "";
  const here = images.filter((image) => host === controlPlane || image.everywhere);
  return {
    "etc/containerd/config.toml": renderContainerd(pause),
    "etc/cni/net.d/10-antdb-cluster.conflist": renderCni(podCidr(layout, host)),
    "etc/preloaded-images": here.map((image) => `${image.archive}\n`).join(""),
    "etc/kubernetes/kubelet.yaml": renderKubelet(host, dnsAddress(layout), Math.floor(totalmem() / 2 ** 20)),
    "etc/kubernetes/kubelet.flags": renderKubeletFlags(host),
    "etc/kubernetes/kubelet.kubeconfig": kubeconfigFor(layout, `kubelet-${host}`),
    "etc/kubernetes/kube-proxy.yaml": renderKubeProxy(clusterCidr(layout)),
    "etc/kubernetes/kube-proxy.kubeconfig": kubeconfigFor(layout, "kube-proxy"),
  };
};

const controlPlaneFiles = (layout: Layout): Record<string, string> => ({
  "etc/kubernetes/control-plane.sh": renderControlPlane(
    hostAddress(layout, controlPlane),
    serviceCidr(layout),
  ),
  "etc/kubernetes/kube-controller-manager.kubeconfig": kubeconfigFor(layout, "kube-controller-manager"),
  "etc/kubernetes/kube-scheduler.kubeconfig": kubeconfigFor(layout, "kube-scheduler"),
});

const certificates = (host: string): string[] => {
  const pair = (name: string): string[] => [`${name}.crt`, `${name}.key`];
  const own = ["ca.crt", ...pair(`kubelet-${host}`)];
  if (host !== controlPlane) return own;
  const served = ["apiserver", "apiserver-kubelet-client", "front-proxy-client"].flatMap(pair);
  return [...own, ...served, "ca.key", "sa.key", "sa.pub"];
};

/** Writes a host's disk, unless a complete one is there. */
export const ensureDisk = async (
  layout: Layout,
  host: string,
  images: readonly SystemImage[],
): Promise<void> => {
  if (hasDisk(layout, host)) return;
  const disk = diskOf(layout, host);
  rmSync(disk, { recursive: true, force: true });
  mkdirSync(dirname(disk), { recursive: true, mode: 0o700 });
  mkdirSync(disk, { mode: 0o755 });
  await Promise.all([tree(disk), issueKubelet(layout, host)]);
  for (const name of certificates(host))
    copyFileSync(join(layout.pki, name), join(disk, "etc/kubernetes/pki", name));
  write(disk, { ...identity(layout, host), ...node(layout, host, images) });
  if (host === controlPlane) write(disk, controlPlaneFiles(layout));
  write(disk, { [complete]: "" });
};

/** The last lines of a log inside a host, for an error message. */
export const logPath = (layout: Layout, host: string, service: string): string =>
  join(diskOf(layout, host), "var/log", `${service}.log`);

/** The PEM text of the cluster's authority. */
export const authorityOf = (layout: Layout): string => readFileSync(join(layout.pki, "ca.crt"), "utf8");
