// One release of the chart on the tests' cluster: install, upgrade, uninstall as a user types them, and what is there.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { readFile } from "node:fs/promises";
import { type ClientOptions, sql, startClient } from "../../../ci/demo/client.ts";
import { type Kube, makeKube } from "../../../ci/demo/kube.ts";
import { ensureTool } from "../../../ci/tools/tool.ts";
import { kubeconfigOf } from "./cluster.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
export const chart = join(root, "chart");
const imagesFile = join(root, ".build/images.yaml");
/** One of the chart's examples, as a user would name it. */
export const example = (name: string): string => join(chart, "examples", name);
/** The tests' images and the small local profile. */
export const valuesFiles: readonly string[] = [imagesFile, join(root, "ci/values/local.yaml")];

/** jobs.teardown.activeDeadlineSeconds: the bound that `helm uninstall` promises. What it really takes is for a bench to say. */
export const teardownBoundSeconds = 60;

export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly nodeName: string };
  readonly status: { readonly podIP?: string; readonly phase: string };
}

export interface Release {
  readonly name: string;
  readonly kube: Kube;
  readonly client: ClientOptions;
  /** `helm install` with the tests' images and the small local profile; returns its seconds. */
  install(extra?: readonly string[]): Promise<number>;
  /** @param killed ends helm itself, at once */
  upgrade(extra?: readonly string[], killed?: AbortSignal): Promise<string>;
  /** `helm rollback` to a revision, or to the one before. */
  rollback(revision?: number): Promise<string>;
  /** `helm uninstall`; returns its seconds. */
  uninstall(): Promise<number>;
  /** `helm test` with its log; rejects with what it said when it fails. */
  test(): Promise<string>;
  pods(): Promise<readonly Pod[]>;
  /** The reconcile Job's log of the last hook run. */
  reconcileLog(): Promise<string>;
  /** SQL as the application's role through the client Service, or on a host of one's own choice. */
  sql(statement: string, host?: string): Promise<string>;
  startClient(): Promise<void>;
  /** Removes the namespace and everything in it. */
  destroy(): Promise<void>;
}

const seconds = async (work: Promise<unknown>): Promise<number> => {
  const startedMs = performance.now();
  await work;
  return (performance.now() - startedMs) / 1000;
};

async function engineImage(): Promise<string> {
  const { images } = parse(await readFile(imagesFile, "utf8")) as {
    images: { antdb: { registry: string; repository: string; tag: string } };
  };
  return `${images.antdb.registry}/${images.antdb.repository}:${images.antdb.tag}`;
}

/** How a release may differ from a cluster administrator's of the chart itself. */
export interface ReleaseOptions {
  readonly name?: string;
  /** Somebody's own kubectl and helm; his namespace is there already. */
  readonly kube?: Kube;
  /** Which one an administrator uses; 3 when nothing is said. */
  readonly helm?: HelmName;
  readonly chart?: string;
  readonly valuesFiles?: readonly string[];
}

export type HelmName = "helm" | "helm4";

async function makeAdmin(namespace: string, helm: HelmName): Promise<Kube> {
  const tools = { kubectl: await ensureTool("kubectl"), helm: await ensureTool(helm) };
  return makeKube(tools, await kubeconfigOf(), namespace);
}

/** @param namespace made by the install and removed by destroy(): each suite has its own */
export async function makeRelease(namespace: string, options: ReleaseOptions = {}): Promise<Release> {
  const { name = "antdb" } = options;
  const kube = options.kube ?? (await makeAdmin(namespace, options.helm ?? "helm"));
  const client: ClientOptions = { kube, image: await engineImage(), fullname: name, name: "antdb-client" };
  const files = (options.valuesFiles ?? valuesFiles).flatMap((file) => ["-f", file]);
  const given = [name, options.chart ?? chart, ...files];
  const own = options.kube === undefined ? ["--create-namespace"] : [];
  return {
    name,
    kube,
    client,
    install: (extra = []) => seconds(kube.helm(["install", ...given, ...own, ...extra])),
    upgrade: (extra = [], killed) => kube.helm(["upgrade", ...given, ...extra], killed),
    rollback: (revision) =>
      kube.helm(["rollback", name, ...(revision === undefined ? [] : [String(revision)])]),
    uninstall: () => seconds(kube.helm(["uninstall", name])),
    test: () => kube.helm(["test", name, "--logs"]),
    pods: async () => {
      const selector = `app.kubernetes.io/instance=${name},antdb.io/role`;
      return (
        JSON.parse(await kube.kubectl(["get", "pods", "-l", selector, "-o", "json"])) as { items: Pod[] }
      ).items;
    },
    reconcileLog: () => kube.kubectl(["logs", `job/${name}-reconcile`]),
    sql: (statement, host) => sql(client, statement, host === undefined ? {} : { host }),
    startClient: () => startClient(client),
    destroy: async () => {
      await kube.kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--wait"]);
    },
  };
}
