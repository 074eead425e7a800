// Switching hosts on and off. A host is a process (its PID 1) in namespaces and cgroups of its own, and the one that launched it.
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { formatProcess, identify, isRunning, parseProcess, type ProcessId } from "../../tools/processes.ts";
import { ClusterFailure } from "../failure.ts";
import {
  cgroupsForHost,
  hierarchies,
  makeCgroup,
  moveLauncher,
  procsFiles,
  removeCgroup,
  setFrozen,
} from "./cgroups.ts";
import { logPath } from "./disk.ts";
import { imageFolder } from "./images.ts";
import { diskOf, type Layout, namespaceOf } from "./layout.ts";
import { checkAbandoned, plugIn, setCable, unplug } from "./network.ts";

const scripts = join(dirname(fileURLToPath(import.meta.url)), "host");
/** Where programs are, inside a host. */
const hostPath = "/opt/kubernetes:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const pidFile = (layout: Layout, host: string, role: "init" | "launcher"): string =>
  join(layout.runtime, `${host}.${role}`);

const recorded = (layout: Layout, host: string, role: "init" | "launcher"): ProcessId | undefined => {
  const file = pidFile(layout, host, role);
  const id = existsSync(file) ? parseProcess(readFileSync(file, "utf8")) : undefined;
  return id !== undefined && isRunning(id) ? id : undefined;
};

/** The process id of a host's PID 1 as the machine sees it; undefined when the host is off. */
export const hostPid = (layout: Layout, host: string): number | undefined =>
  recorded(layout, host, "init")?.pid;

const record = (layout: Layout, host: string, role: "init" | "launcher", pid: number): void => {
  const id = identify(pid);
  if (id === undefined)
    throw new ClusterFailure(`host ${host} ended at once: see ${logPath(layout, host, "init")}`);
  writeFileSync(pidFile(layout, host, role), formatProcess(id));
};

const onlyChild = (pid: number): number | undefined => {
  try {
    const first = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0];
    return first === undefined || first === "" ? undefined : Number(first);
  } catch {
    return undefined;
  }
};

const waitForChild = async (layout: Layout, host: string, launcher: number): Promise<number> => {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const child = onlyChild(launcher);
    if (child !== undefined) return child;
    if (identify(launcher) === undefined) break;
    await sleep(10);
  }
  throw new ClusterFailure(`host ${host} did not start: see ${logPath(layout, host, "init")}`);
};

const launch = (layout: Layout, host: string, binaries: string): number => {
  const log = openSync(logPath(layout, host, "init"), "a");
  const child = spawn(
    join(scripts, "launch.sh"),
    [namespaceOf(layout, host), ...procsFiles(`${layout.prefix}/${host}`)],
    {
      detached: true, // no Ctrl-C of this terminal reaches it
      stdio: ["ignore", log, log],
      cwd: "/",
      env: {
        PATH: hostPath,
        HOST: host,
        HOST_DISK: diskOf(layout, host),
        HOST_BIN: binaries,
        HOST_IMAGES: imageFolder(),
        HOST_SCRIPTS: scripts,
        HOST_CGROUPS: cgroupsForHost(hierarchies()),
      },
    },
  );
  closeSync(log);
  child.unref();
  child.on("error", () => undefined); // no pid: told below
  if (child.pid === undefined)
    throw new ClusterFailure(`cannot start ${scripts}/launch.sh: is it executable?`);
  return child.pid;
};

/** Boots a host from its disk, unless it runs. `binaries` is the folder with kubelet and the rest. */
export const powerOn = async (layout: Layout, host: string, binaries: string): Promise<void> => {
  if (hostPid(layout, host) !== undefined) return;
  await powerOff(layout, host); // what a half-dead one has left
  await checkAbandoned(layout, host);
  await plugIn(layout, host);
  makeCgroup(`${layout.prefix}/${host}`);
  mkdirSync(layout.runtime, { recursive: true, mode: 0o700 });
  const launcher = launch(layout, host, binaries);
  record(layout, host, "launcher", launcher);
  const init = await waitForChild(layout, host, launcher);
  moveLauncher(layout.prefix, launcher);
  record(layout, host, "init", init);
};

const end = async (id: ProcessId | undefined): Promise<void> => {
  if (id === undefined) return;
  process.kill(id.pid, "SIGKILL");
  const deadline = Date.now() + 20_000;
  while (isRunning(id)) {
    if (Date.now() > deadline)
      throw new ClusterFailure(
        `process ${id.pid} does not end after SIGKILL: it waits in the kernel (see /proc/${id.pid}/stack), run this again later`,
      );
    await sleep(10);
  }
};

/**
 * A power cut: first the cable, then PID 1, with which the kernel ends everything in the host. Killed without that, sockets would
 * say goodbye. A frozen process cannot die, so it is thawed. Its cgroups go: a booting kubelet spends 3 s on each one left.
 */
export const powerOff = async (layout: Layout, host: string): Promise<void> => {
  const init = recorded(layout, host, "init");
  if (init !== undefined) await setCable(layout, host, false).catch(() => undefined);
  setFrozen(`${layout.prefix}/${host}`, false);
  await end(init);
  await end(recorded(layout, host, "launcher"));
  for (const role of ["init", "launcher"] as const) rmSync(pidFile(layout, host, role), { force: true });
  await checkAbandoned(layout, host);
  await unplug(layout, host);
  await removeCgroup(`${layout.prefix}/${host}`);
};

/** The command line that runs something inside a host: all its namespaces, a clean environment. */
export const insideHost = (layout: Layout, host: string, command: readonly string[]): string[] => {
  const pid = hostPid(layout, host);
  if (pid === undefined)
    throw new ClusterFailure(`host ${host} is off: start it with \`host start ${host}\``);
  const environment = [`PATH=${hostPath}`, "HOME=/root", `TERM=${process.env["TERM"] ?? "dumb"}`];
  return [
    "nsenter",
    "-t",
    String(pid),
    "-m",
    "-u",
    "-i",
    "-n",
    "-p",
    "-C",
    "--",
    "env",
    "-i",
    ...environment,
    ...command,
  ];
};
