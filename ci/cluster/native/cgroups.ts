// The cgroups of a cluster's hosts, on a machine with cgroup v1 or v2.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ClusterFailure } from "../failure.ts";

const root = "/sys/fs/cgroup";
const cgroup2Magic = 0x63677270; // statfs(2) type of a cgroup2 file system
/** v1 controllers a host gets. Others (hugetlb, net_cls, perf_event) Kubernetes does without. */
const controllers = ["cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "systemd"];
const v2Controllers = ["cpuset", "cpu", "io", "memory", "pids"];

/** The machine's hierarchies: `v1` their folder names below /sys/fs/cgroup ("cpu,cpuacct" where two share one); none on v2. */
export interface Hierarchies {
  readonly isV2: boolean;
  readonly v1: readonly string[];
}

export const hierarchies = (): Hierarchies => {
  if (statfsSync(root).type === cgroup2Magic) return { isV2: true, v1: [] };
  const isHierarchy = (name: string): boolean =>
    lstatSync(join(root, name)).isDirectory() && name.split(",").some((part) => controllers.includes(part));
  return { isV2: false, v1: readdirSync(root).filter(isHierarchy) };
};

/** What init.sh mounts in a host. */
export const cgroupsForHost = ({ isV2, v1 }: Hierarchies): string => (isV2 ? "v2" : v1.join(" "));

const foldersOf = (cgroup: string, { isV2, v1 } = hierarchies()): string[] =>
  isV2 ? [join(root, cgroup)] : v1.map((name) => join(root, name, cgroup));

/**
 * A cgroup beside the root's processes counts as one process: on a busy machine a whole cluster would get the share of one
 * compiler, and its nodes would look dead. So it counts as sixteen (v1), or as four slices of the system (v2).
 */
const weigh = (folder: string): void => {
  for (const [file, weight] of [
    ["cpu.shares", "16384"],
    ["cpu.weight", "400"],
  ] as const)
    if (existsSync(join(folder, file))) writeFileSync(join(folder, file), weight);
};

const handOut = (folder: string): void => {
  for (const name of v2Controllers) writeFileSync(join(folder, "cgroup.subtree_control"), `+${name}`);
};

/** Makes a cgroup in every hierarchy: PREFIX (the cluster's) or PREFIX/HOST. */
export const makeCgroup = (cgroup: string): void => {
  const found = hierarchies();
  for (const folder of foldersOf(cgroup, found)) {
    mkdirSync(folder, { recursive: true });
    // v1: a new cpuset is empty, and nothing can run in it
    for (const name of ["cpuset.cpus", "cpuset.mems"])
      if (!found.isV2 && existsSync(join(folder, name)))
        writeFileSync(join(folder, name), readFileSync(join(folder, "..", name), "utf8"));
  }
  if (cgroup.includes("/")) return;
  if (found.isV2) handOut(root);
  for (const folder of foldersOf(cgroup, found)) weigh(folder);
  if (!found.isV2) return;
  handOut(join(root, cgroup));
  mkdirSync(join(root, cgroup, "launch"), { recursive: true });
};

/** Files a process writes its pid to, to enter a cgroup. */
export const procsFiles = (cgroup: string): string[] =>
  foldersOf(cgroup).map((folder) => join(folder, "cgroup.procs"));

/** v2 only: moves the launcher out of its host's cgroup, which hands out controllers and so may hold no process. */
export const moveLauncher = (prefix: string, pid: number): void => {
  if (hierarchies().isV2) writeFileSync(join(root, prefix, "launch", "cgroup.procs"), String(pid));
};

/** Stops or resumes every process of a cgroup. */
export const setFrozen = (cgroup: string, frozen: boolean): void => {
  const { isV2 } = hierarchies();
  const file = isV2 ? join(root, cgroup, "cgroup.freeze") : join(root, "freezer", cgroup, "freezer.state");
  if (!existsSync(file)) return;
  const value = frozen ? "FROZEN" : "THAWED";
  writeFileSync(file, isV2 ? String(Number(frozen)) : value);
};

export const isFrozen = (cgroup: string): boolean => {
  const { isV2 } = hierarchies();
  const file = isV2 ? join(root, cgroup, "cgroup.freeze") : join(root, "freezer", cgroup, "freezer.state");
  return existsSync(file) && /FROZEN|FREEZING|1/.test(readFileSync(file, "utf8"));
};

const removeTree = (folder: string): boolean => {
  if (!existsSync(folder)) return true;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) removeTree(join(folder, entry.name));
    rmdirSync(folder);
    return true;
  } catch {
    return !existsSync(folder); // still in use: its last process has not quite gone
  }
};

/** Processes anywhere below a cgroup. */
const processesIn = (folder: string): string[] => {
  if (!existsSync(folder)) return [];
  const below = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => processesIn(join(folder, entry.name)));
  return [...readFileSync(join(folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean), ...below];
};

/** Removes a cgroup and all below it from every hierarchy; it empties a moment after its last process has ended. */
export const removeCgroup = async (cgroup: string): Promise<void> => {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const left = foldersOf(cgroup).filter((folder) => !removeTree(folder));
    if (left.length === 0) return;
    if (Date.now() > deadline) {
      const pids = [...new Set(left.flatMap(processesIn))];
      throw new ClusterFailure(
        `cgroup ${left[0] ?? ""} still holds processes ${pids.join(" ")}: end them (kill -9 ${pids.join(" ")}) and run this again`,
      );
    }
    await sleep(30);
  }
};
