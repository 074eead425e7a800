// A cluster of kind: hosts are Docker containers. Chosen where `docker info` answers and kind is on PATH.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { type ImageArchive, isPresent, parseImages, readArchive } from "../archive.ts";
import type { Driver, HostAction, HostStatus } from "../driver.ts";
import { ClusterFailure } from "../failure.ts";
import { findKubectl } from "../kubectl.ts";
import { checkHost, controlPlane, hostIndex, hostNames } from "../names.ts";
import { readNodes } from "../nodes.ts";
import { type ClusterRecord, kubeconfigOf, stateFolder, writeRecord } from "../record.ts";
import { attach, run } from "../run.ts";

/** kind's name for a host: NAME-control-plane, NAME-worker, NAME-worker2 … */
export const containerOf = (cluster: string, host: string): string => {
  const index = hostIndex(host);
  if (host === controlPlane) return `${cluster}-control-plane`;
  return `${cluster}-worker${index === 1 ? "" : index}`;
};

/** kind's configuration: one control plane, the workers, each host a zone of its own. */
export const renderKindConfig = (workers: number): string =>
  [
    "kind: Cluster",
    "apiVersion: kind.x-k8s.io/v1alpha4",
    "nodes:",
    ...hostNames(workers).map((host) => {
      const role = host === controlPlane ? "control-plane" : "worker";
      return `- {role: ${role}, labels: {topology.kubernetes.io/zone: ${host}}}`;
    }),
    "",
  ].join("\n");

const exists = async (name: string): Promise<boolean> =>
  (await run("kind", ["get", "clusters"])).split("\n").includes(name);

const create = async (record: ClusterRecord): Promise<void> => {
  const args = ["create", "cluster", "--name", record.name, "--config", "-", "--wait", "180s"];
  const kubeconfig = ["--kubeconfig", kubeconfigOf(record.name, "kind")];
  await run("kind", [...args, ...kubeconfig], { input: renderKindConfig(record.workers), timeout: 900_000 });
};

const running = async (record: ClusterRecord): Promise<string[]> => {
  const up = (await run("docker", ["ps", "--format", "{{.Names}}"])).split("\n");
  return hostNames(record.workers).filter((host) => up.includes(containerOf(record.name, host)));
};

const join = async (container: string): Promise<void> => {
  const inside = (...args: string[]): Promise<string> => run("docker", ["exec", container, ...args]);
  const format = "{{range .NetworkSettings.Networks}}{{.Gateway}}{{end}}";
  const gateway = await run("docker", ["inspect", "-f", format, container]);
  await inside("ip", "link", "set", "eth0", "up");
  await inside("ip", "route", "replace", "default", "via", gateway); // went with the link
};

const lacks = async (container: string, image: ImageArchive): Promise<boolean> =>
  !isPresent(
    image,
    parseImages(await run("docker", ["exec", container, "ctr", "-n", "k8s.io", "images", "ls"])),
  );

/** Loads one archive into the running hosts that lack it; returns their containers. */
const load = async (record: ClusterRecord, file: string): Promise<string[]> => {
  const image = await readArchive(file);
  const containers = (await running(record)).map((host) => containerOf(record.name, host));
  const without = await Promise.all(containers.map((container) => lacks(container, image)));
  const nodes = containers.filter((_, index) => without[index] === true);
  const args = ["load", "image-archive", file, "--name", record.name, "--nodes", nodes.join(",")];
  if (nodes.length > 0) await run("kind", args, { timeout: 600_000 });
  return nodes;
};

const waitForNodes = async (record: ClusterRecord): Promise<void> => {
  const wait = ["wait", "--for=condition=Ready", "node", "--all", "--timeout=180s"];
  await run(await findKubectl(), ["--kubeconfig", kubeconfigOf(record.name, "kind"), ...wait], {
    timeout: 200_000,
  });
};

const act = async (container: string, action: HostAction): Promise<void> => {
  if (action === "join") return join(container);
  const commands: Readonly<Record<Exclude<HostAction, "join">, readonly string[]>> = {
    stop: ["kill", container], // a power cut, not a shutdown
    start: ["start", container],
    cut: ["exec", container, "ip", "link", "set", "eth0", "down"],
    freeze: ["pause", container],
    thaw: ["unpause", container],
  };
  await run("docker", commands[action]);
};

const up = async (wanted: ClusterRecord): Promise<void> => {
  mkdirSync(stateFolder(wanted.name, "kind"), { recursive: true, mode: 0o700 });
  if (!(await exists(wanted.name))) {
    writeRecord(wanted);
    return create(wanted);
  }
  const on = await running(wanted);
  for (const host of hostNames(wanted.workers).filter((name) => !on.includes(name)))
    await run("docker", ["start", containerOf(wanted.name, host)]);
  writeFileSync(
    kubeconfigOf(wanted.name, "kind"),
    await run("kind", ["get", "kubeconfig", "--name", wanted.name]),
    { mode: 0o600 },
  );
};

/** The driver of a kind cluster. */
export const kindDriver = (record: ClusterRecord): Driver => ({
  up: async (wanted, progress) => {
    if (wanted.workers !== record.workers)
      throw new ClusterFailure(
        `kind cannot add workers to cluster ${record.name}: type cluster:down and then cluster:up`,
      );
    progress("kind pulls its node image the first time: a minute or more");
    await up(wanted);
    await waitForNodes(wanted);
    progress("all nodes Ready");
    return wanted;
  },
  down: async (progress) => {
    await run("kind", ["delete", "cluster", "--name", record.name], { timeout: 300_000 });
    rmSync(stateFolder(record.name, "kind"), { recursive: true, force: true });
    progress("kind cluster deleted");
  },
  status: async (): Promise<HostStatus[]> => {
    const on = await running(record);
    const nodes = await readNodes(await findKubectl(), kubeconfigOf(record.name, "kind"));
    return hostNames(record.workers).map((host) => {
      const container = containerOf(record.name, host);
      return {
        host,
        state: on.includes(host) ? "on" : "off",
        node: nodes.get(container) ?? "unknown",
        address: container,
      };
    });
  },
  load: async (files, progress) => {
    for (const file of files) {
      const nodes = await load(record, file);
      progress(nodes.length === 0 ? `all hosts had ${file}` : `${file} loaded into ${nodes.join(", ")}`);
    }
  },
  host: (action, host) => act(containerOf(record.name, checkHost(host, record.workers)), action),
  exec: (host, command) =>
    attach("docker", ["exec", "-i", containerOf(record.name, checkHost(host, record.workers)), ...command]),
});
