// The native cluster: hosts as sets of Linux namespaces on this machine.
import { dirname } from "node:path";
import { kubernetesTools } from "../../tools/catalog.ts";
import { withLock } from "../../tools/lock.ts";
import { ensureTool, ensureTools } from "../../tools/tool.ts";
import type { Driver, HostAction, HostStatus, Progress } from "../driver.ts";
import { ClusterFailure } from "../failure.ts";
import { checkHost, hostNames } from "../names.ts";
import { readNodes } from "../nodes.ts";
import type { ClusterRecord } from "../record.ts";
import { attach } from "../run.ts";
import { isFrozen, setFrozen } from "./cgroups.ts";
import { hasDisk } from "./disk.ts";
import { downNative } from "./down.ts";
import { hostAddress, type Layout, layoutOf } from "./layout.ts";
import { loadArchives, recallImages } from "./load.ts";
import { cableOf, setCable } from "./network.ts";
import { hostPid, insideHost, powerOff, powerOn } from "./power.ts";
import { checkMachine } from "./requirements.ts";
import { lockOf, upNative } from "./up.ts";

const stateOf = async (layout: Layout, host: string): Promise<string> => {
  if (hostPid(layout, host) === undefined) return "off";
  if (isFrozen(`${layout.prefix}/${host}`)) return "frozen";
  return (await cableOf(layout, host)) === "in" ? "on" : "cut";
};

const start = async (layout: Layout, host: string): Promise<void> => {
  if (!hasDisk(layout, host))
    throw new ClusterFailure(`host ${host} has no disk: type cluster:up for this name`);
  const [first = ""] = await ensureTools([...kubernetesTools]);
  await powerOn(layout, host, dirname(first));
  await recallImages(layout, [host], () => undefined);
};

const needOn = (layout: Layout, host: string): void => {
  if (hostPid(layout, host) === undefined)
    throw new ClusterFailure(`host ${host} is off: start it with \`host start ${host}\``);
};

const act = async (layout: Layout, action: HostAction, host: string): Promise<void> => {
  switch (action) {
    case "stop":
      return powerOff(layout, host);
    case "start":
      return start(layout, host);
    case "cut":
    case "join":
      needOn(layout, host);
      return setCable(layout, host, action === "join");
    case "freeze":
    case "thaw":
      needOn(layout, host);
      setFrozen(`${layout.prefix}/${host}`, action === "freeze");
      return;
  }
};

/** The driver of one native cluster. Before its first `up` there is no record and so no subnet. */
export const nativeDriver = (record: ClusterRecord): Driver => {
  const layout = layoutOf(record.name, record.subnet ?? "");
  const running = (): string[] =>
    hostNames(record.workers).filter((host) => hostPid(layout, host) !== undefined);
  return {
    up: upNative,
    down: (progress) => downNative(layout, progress),
    status: async (): Promise<HostStatus[]> => {
      checkMachine();
      const api =
        hostPid(layout, "cp") === undefined
          ? new Map<string, string>()
          : await readNodes(await ensureTool("kubectl"), layout.kubeconfig);
      return Promise.all(
        hostNames(record.workers).map(async (host) => ({
          host,
          state: await stateOf(layout, host),
          node: api.get(host) ?? "unknown",
          address: hostAddress(layout, host),
        })),
      );
    },
    load: async (files: readonly string[], progress: Progress): Promise<void> => {
      checkMachine();
      const hosts = running();
      if (hosts.length === 0)
        throw new ClusterFailure(`no host of cluster ${record.name} is on: type cluster:up for this name`);
      await loadArchives(layout, hosts, files, progress);
    },
    host: (action, host) => {
      checkMachine();
      return withLock(lockOf(record.name), () => act(layout, action, checkHost(host, record.workers)));
    },
    exec: (host, command) => {
      checkMachine();
      const [first = "", ...rest] = insideHost(layout, checkHost(host, record.workers), command);
      return attach(first, rest);
    },
  };
};
