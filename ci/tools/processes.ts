// A process named so that a recycled pid never matches: its pid, its start time and the boot of the machine it belongs to.
import { readFileSync } from "node:fs";

/** pid, start time in clock ticks since boot (proc(5), field 22 of stat), and the kernel's boot id. */
export interface ProcessId {
  readonly pid: number;
  readonly startTime: string;
  readonly boot: string;
}

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

/** Field 22 of /proc/PID/stat. The second field, the command, may hold spaces and brackets: count from the last ")". */
export const startTimeOf = (stat: string): string | undefined =>
  stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .at(19);

/** The boot id: a new random one each time the machine starts ("" where there is no /proc). */
export const bootId = (): string => (read("/proc/sys/kernel/random/boot_id") ?? "").trim();

/** Names a running process; undefined when there is none with that pid. */
export const identify = (pid: number): ProcessId | undefined => {
  const stat = read(`/proc/${pid}/stat`);
  if (stat !== undefined) return { pid, startTime: startTimeOf(stat) ?? "", boot: bootId() };
  try {
    process.kill(pid, 0); // no /proc on this system: the pid alone has to do
    return { pid, startTime: "", boot: "" };
  } catch {
    return undefined;
  }
};

/** True while the very process that was identified runs (a zombie does not). */
export const isRunning = (id: ProcessId): boolean => {
  const now = identify(id.pid);
  if (now?.startTime !== id.startTime || now.boot !== id.boot) return false;
  const stat = read(`/proc/${id.pid}/stat`) ?? "";
  return !/\) [ZX] /.test(stat);
};

/** One line for a file: "PID STARTTIME BOOT". */
export const formatProcess = (id: ProcessId): string => `${id.pid} ${id.startTime} ${id.boot}\n`;

/** Reads what formatProcess wrote; undefined for anything else. */
export const parseProcess = (text: string): ProcessId | undefined => {
  const found = /^(\d+) (\d*) (\S*)\n?$/.exec(text);
  return found === null
    ? undefined
    : { pid: Number(found[1]), startTime: found[2] ?? "", boot: found[3] ?? "" };
};
