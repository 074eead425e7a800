// Talking to a native cluster's API server while it comes up.
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ClusterFailure } from "../failure.ts";
import { controlPlane } from "../names.ts";
import { run } from "../run.ts";
import { authorityOf, logPath } from "./disk.ts";
import type { SystemImage } from "./images.ts";
import { apiServer, dnsAddress, type Layout, podCidr } from "./layout.ts";

const addons = join(dirname(fileURLToPath(import.meta.url)), "addons");

/** kubectl with this cluster's kubeconfig. */
export class Kubectl {
  readonly #binary: string;
  readonly #layout: Layout;
  constructor(binary: string, layout: Layout) {
    this.#binary = binary;
    this.#layout = layout;
  }
  run(args: readonly string[], input?: string): Promise<string> {
    const options = input === undefined ? {} : { input };
    return run(this.#binary, ["--kubeconfig", this.#layout.kubeconfig, ...args], {
      timeout: 180_000,
      ...options,
    });
  }
}

const isReady = (url: string, ca: string): Promise<boolean> =>
  new Promise((resolve) => {
    const call = request(`${url}/readyz`, { ca, timeout: 2000, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => resolve(false));
    call.end();
  });

/** Waits until the API server is ready: 90 s at most. */
export const waitForApi = async (layout: Layout): Promise<void> => {
  const ca = authorityOf(layout);
  const deadline = Date.now() + 90_000;
  while (!(await isReady(apiServer(layout), ca))) {
    if (Date.now() > deadline)
      throw new ClusterFailure(
        `the API server of cluster ${layout.name} does not get ready: see ${logPath(layout, controlPlane, "kube-apiserver")}, or type cluster:down and then cluster:up for this name`,
      );
    await sleep(50);
  }
};

/** Fills the @WORDS@ of an add-on's manifest. */
export const fillManifest = (text: string, words: Readonly<Record<string, string>>): string =>
  text.replace(/@([A-Z]+)@/g, (_, word: string) => {
    const value = words[word];
    if (value === undefined)
      throw new ClusterFailure(`an add-on's manifest asks for @${word}@, which nothing gives`);
    return value;
  });

/** RBAC for kube-proxy, CoreDNS, and the provisioner behind the default StorageClass. */
export const applyAddons = async (
  layout: Layout,
  kubectl: Kubectl,
  images: readonly SystemImage[],
): Promise<void> => {
  const reference = (name: string): string => images.find((image) => image.name === name)?.reference ?? "";
  const words = {
    DNS: dnsAddress(layout),
    COREDNS: reference("coredns"),
    BUSYBOX: reference("busybox"),
    LOCALPATH: reference("local-path-provisioner"),
  };
  const texts = ["kube-proxy", "coredns", "local-path"].map((name) =>
    readFileSync(join(addons, `${name}.yaml`), "utf8"),
  );
  await kubectl.run(["apply", "-f", "-"], fillManifest(texts.join("\n---\n"), words));
};

const waitForNode = async (kubectl: Kubectl, layout: Layout, host: string): Promise<void> => {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if ((await kubectl.run(["get", "node", host, "--ignore-not-found", "-o", "name"])) !== "") return;
    if (Date.now() > deadline)
      throw new ClusterFailure(
        `host ${host} does not register as a node: see ${logPath(layout, host, "kubelet")}`,
      );
    await sleep(100);
  }
};

/** Waits for a host's node to appear, and tells Kubernetes its role and its pods' addresses. */
export const registerNode = async (kubectl: Kubectl, layout: Layout, host: string): Promise<void> => {
  await waitForNode(kubectl, layout, host);
  const role = host === controlPlane ? "control-plane" : "worker";
  const cidr = podCidr(layout, host);
  const patch = {
    metadata: { labels: { [`node-role.kubernetes.io/${role}`]: "" } },
    spec: { podCIDR: cidr, podCIDRs: [cidr] },
  };
  await kubectl.run(["patch", "node", host, "-p", JSON.stringify(patch)]);
};
