// Ends what up started, and only that: processes by pid and start time, the rest by names only this cluster has.
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../../tools/lock.ts";
import type { Progress } from "../driver.ts";
import { ClusterFailure } from "../failure.ts";
import { nativeStateRoot } from "../record.ts";
import { run } from "../run.ts";
import { removeCgroup } from "./cgroups.ts";
import { type Layout, runtimeRoot } from "./layout.ts";
import { mountsBelow, restoreMachine } from "./machine.ts";
import { ownNamespaces, removeSwitch } from "./network.ts";
import { powerOff } from "./power.ts";
import { checkMachine } from "./requirements.ts";
import { lockOf, machineLock } from "./up.ts";

const entries = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** Every host there is any trace of: a disk, a recorded process, a namespace. */
const traces = (layout: Layout): string[] => {
  const recorded = entries(layout.runtime).map((file) => file.split(".")[0] ?? "");
  const namespaces = ownNamespaces(layout).map((name) => name.slice(layout.prefix.length + 1));
  const all = new Set([...entries(join(layout.state, "hosts")), ...recorded, ...namespaces]);
  return [...all].filter((name) => /^(cp|w[1-9])$/.test(name));
};

const removeEverything = async (layout: Layout, progress: Progress): Promise<void> => {
  const hosts = traces(layout);
  await Promise.all(hosts.map((host) => powerOff(layout, host)));
  if (hosts.length > 0) progress(`hosts off: ${hosts.join(", ")}`);
  await removeSwitch(layout);
  await removeCgroup(layout.prefix);
  const mounts = mountsBelow(layout.state);
  if (mounts.length > 0)
    throw new ClusterFailure(
      `${mounts[0] ?? ""} is still mounted: type \`umount ${mounts.join(" ")}\` and run this again`,
    );
  const remove = (folder: string): Promise<string> =>
    run("rm", ["-rf", "--one-file-system", folder], { timeout: 300_000 });
  await Promise.all(hosts.map((host) => remove(join(layout.state, "hosts", host))));
  await remove(layout.state);
  if (hosts.length > 0) progress("disks removed");
  await withLock(machineLock, async () => {
    rmSync(layout.runtime, { recursive: true, force: true });
    await restoreMachine();
    if (existsSync(nativeStateRoot) && entries(nativeStateRoot).length === 0) rmdirSync(nativeStateRoot);
  });
};

/** True when something of the cluster is there, if only half. */
export const hasTraces = (layout: Layout): boolean =>
  existsSync(layout.state) || existsSync(join(runtimeRoot, layout.name)) || ownNamespaces(layout).length > 0;

/** Removes a native cluster and everything it left. */
export const downNative = async (layout: Layout, progress: Progress): Promise<void> => {
  checkMachine();
  await withLock(
    lockOf(layout.name),
    () => removeEverything(layout, progress),
    (pid) => progress(`process ${pid ?? "(starting)"} is at work on this cluster: waiting for it`),
  );
};
