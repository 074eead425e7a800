// From nothing, or from a half-dead cluster, to one whose hosts are all Ready.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { kubernetesTools } from "../../tools/catalog.ts";
import { withLock } from "../../tools/lock.ts";
import { ensureTools } from "../../tools/tool.ts";
import type { Progress } from "../driver.ts";
import { hostNames } from "../names.ts";
import { type ClusterRecord, readRecord, recordedSubnets, writeRecord } from "../record.ts";
import { applyAddons, Kubectl, registerNode, waitForApi } from "./api.ts";
import { makeCgroup, setFrozen } from "./cgroups.ts";
import { ensureDisk } from "./disk.ts";
import { ensureSystemImages, imageFolder, type SystemImage } from "./images.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { loadSystemImages, recallImages } from "./load.ts";
import { prepareMachine } from "./machine.ts";
import { cableOf, ensureSwitch, occupiedAddresses, setCable } from "./network.ts";
import { ensureCertificates, hasCertificates, kubeconfigFor } from "./pki.ts";
import { hostPid, powerOff, powerOn } from "./power.ts";
import { ensureRequirements } from "./requirements.ts";
import { chooseSubnet } from "./subnet.ts";

/** One cluster is changed by one command at a time; choosing a subnet and the machine's settings concern all of them. */
export const lockOf = (name: string): string => `/run/antdb-cluster.${name}.lock`;
export const machineLock = "/run/antdb-cluster-machine.lock";

/** Chooses the cluster's /16 and writes the record, so that the next cluster chooses another. */
const settle = (wanted: ClusterRecord): Promise<ClusterRecord> =>
  withLock(machineLock, async () => {
    const before = readRecord(wanted.name);
    const own = before?.subnet === undefined ? undefined : layoutOf(wanted.name, before.subnet).link;
    const others = [...recordedSubnets(wanted.name)].map(([name, subnet]) => ({
      cidr: `${subnet}.0.0/16`,
      what: `cluster ${name}`,
    }));
    const occupied = [...others, ...(await occupiedAddresses(own))];
    const record: ClusterRecord = {
      ...wanted,
      workers: Math.max(wanted.workers, before?.workers ?? 0), // up adds hosts and never takes one away
      subnet: chooseSubnet({ recorded: before?.subnet, asked: wanted.subnet }, occupied),
    };
    writeRecord(record);
    prepareMachine();
    return record;
  });

const prepareDisks = async (
  layout: Layout,
  hosts: readonly string[],
  images: readonly SystemImage[],
): Promise<void> => {
  if (!hasCertificates(layout)) {
    // disks made for other certificates are of no use
    await Promise.all(hosts.map((host) => powerOff(layout, host)));
    rmSync(join(layout.state, "hosts"), { recursive: true, force: true });
  }
  await ensureCertificates(layout);
  writeFileSync(layout.kubeconfig, kubeconfigFor(layout, "admin"), { mode: 0o600 });
  await Promise.all(hosts.map((host) => ensureDisk(layout, host, images)));
};

/** Undoes what a test or a person may have done to running hosts. One whose cable is gone for good is switched off. */
const mend = async (layout: Layout, host: string): Promise<void> => {
  if (hostPid(layout, host) === undefined) return;
  setFrozen(`${layout.prefix}/${host}`, false);
  if ((await cableOf(layout, host)) === "none") await powerOff(layout, host);
  else await setCable(layout, host, true);
};

const boot = async (layout: Layout, hosts: readonly string[], binaries: string): Promise<string[]> => {
  await ensureSwitch(layout);
  makeCgroup(layout.prefix);
  await Promise.all(hosts.map((host) => mend(layout, host)));
  const off = hosts.filter((host) => hostPid(layout, host) === undefined);
  await Promise.all(off.map((host) => powerOn(layout, host, binaries)));
  return off;
};

const waitForKubernetes = async (
  kubectl: Kubectl,
  layout: Layout,
  hosts: readonly string[],
  told: Progress,
): Promise<void> => {
  await Promise.all(hosts.map((host) => registerNode(kubectl, layout, host)));
  told("nodes registered");
  await kubectl.run([
    "wait",
    "--for=condition=Ready",
    ...hosts.map((host) => `node/${host}`),
    "--timeout=120s",
  ]);
  told("all nodes Ready");
};

const waitForAddons = async (kubectl: Kubectl): Promise<void> => {
  const rollout = (namespace: string, name: string): Promise<string> =>
    kubectl.run(["-n", namespace, "rollout", "status", `deployment/${name}`, "--timeout=120s"]);
  await Promise.all([
    rollout("kube-system", "coredns"),
    rollout("local-path-storage", "local-path-provisioner"),
  ]);
};

const start = async (record: ClusterRecord, tools: readonly string[], progress: Progress): Promise<void> => {
  const images = await ensureSystemImages(progress);
  const layout = layoutOf(record.name, record.subnet ?? "");
  const hosts = hostNames(record.workers);
  const kubectl = new Kubectl(tools[kubernetesTools.indexOf("kubectl")] ?? "", layout);
  const isNew = !existsSync(layout.kubeconfig);
  mkdirSync(layout.runtime, { recursive: true, mode: 0o700 });
  await prepareDisks(layout, hosts, images);
  progress("certificates and disks written");
  const booted = await boot(layout, hosts, dirname(tools[0] ?? ""));
  progress(booted.length === 0 ? "all hosts were on" : `booted ${booted.join(", ")}`);
  await waitForApi(layout);
  progress("API server ready");
  if (!isNew) await loadSystemImages(layout, hosts, images, imageFolder());
  await applyAddons(layout, kubectl, images);
  progress("DNS and storage applied");
  await waitForKubernetes(kubectl, layout, hosts, progress);
  await waitForAddons(kubectl);
  progress("DNS and storage ready");
  if (!isNew) await recallImages(layout, booted, progress);
};

/** Brings a native cluster up, or repairs it. */
export const upNative = async (wanted: ClusterRecord, progress: Progress): Promise<ClusterRecord> => {
  await ensureRequirements(progress);
  const tools = await ensureTools([...kubernetesTools]);
  return withLock(
    lockOf(wanted.name),
    async () => {
      const record = await settle(wanted);
      await start(record, tools, progress);
      return record;
    },
    (pid) => progress(`process ${pid ?? "(starting)"} is at work on this cluster: waiting for it`),
  );
};
