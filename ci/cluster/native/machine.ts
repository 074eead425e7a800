// What up changes on the machine itself and down puts back: a few sysctls, and the mount `ip netns` makes at /run/netns.
// Shared by all native clusters of the machine: the first one up remembers, the last one down restores.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bootId } from "../../tools/processes.ts";
import { run } from "../run.ts";
import { runtimeRoot } from "./layout.ts";

const memory = join(runtimeRoot, "machine.json");

/** containerd and the kubelet of every host watch files: the stock 128 instances a user are gone with two hosts. */
const inotifyInstances = { name: "fs.inotify.max_user_instances", least: 1024 };
/** The kubelet sets these, machine-wide. */
const setByKubelet = ["vm.overcommit_memory", "kernel.panic", "kernel.panic_on_oops"];

interface Remembered {
  readonly boot: string;
  readonly sysctls: Readonly<Record<string, string>>;
  /** True when /run/netns was no mount before. */
  readonly madeNetns: boolean;
}

const pathOf = (sysctl: string): string => join("/proc/sys", ...sysctl.split("."));

const isMount = (path: string): boolean =>
  readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .some((line) => line.split(" ")[4] === path);

const remembered = (): Remembered | undefined => {
  if (!existsSync(memory)) return undefined;
  const value = JSON.parse(readFileSync(memory, "utf8")) as Remembered;
  return value.boot === bootId() ? value : undefined; // the machine was restarted: what was remembered is gone anyway
};

/** Remembers the machine's settings, once, and raises what the hosts need. */
export const prepareMachine = (): void => {
  mkdirSync(runtimeRoot, { recursive: true, mode: 0o700 });
  if (remembered() === undefined) {
    const names = [inotifyInstances.name, ...setByKubelet].filter((name) => existsSync(pathOf(name)));
    const sysctls = Object.fromEntries(
      names.map((name) => [name, readFileSync(pathOf(name), "utf8").trim()]),
    );
    const value: Remembered = { boot: bootId(), sysctls, madeNetns: !isMount("/run/netns") };
    writeFileSync(memory, `${JSON.stringify(value, null, 2)}\n`);
  }
  const path = pathOf(inotifyInstances.name);
  if (Number(readFileSync(path, "utf8")) < inotifyInstances.least)
    writeFileSync(path, String(inotifyInstances.least));
};

/** Puts the machine back, unless another cluster still runs. */
export const restoreMachine = async (): Promise<void> => {
  const others = existsSync(runtimeRoot)
    ? readdirSync(runtimeRoot, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    : [];
  if (others.length > 0) return;
  const before = remembered();
  for (const [name, value] of Object.entries(before?.sysctls ?? {})) writeFileSync(pathOf(name), value);
  if (before?.madeNetns === true && isMount("/run/netns") && readdirSync("/run/netns").length === 0) {
    await run("umount", ["/run/netns"]);
    rmdirSync("/run/netns");
  }
  rmSync(runtimeRoot, { recursive: true, force: true });
};

/** Mounts of the machine below a folder: there should be none, hosts keep theirs to themselves. */
export const mountsBelow = (folder: string): string[] =>
  readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((path) => path.startsWith(`${folder}/`));
