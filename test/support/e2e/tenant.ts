// A user who has one namespace and nothing else, where the restricted Pod Security Standard is enforced.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kube, makeKube } from "../../../ci/demo/kube.ts";
import { ensureTool } from "../../../ci/tools/tool.ts";
import { kubeconfigOf } from "./cluster.ts";
import type { HelmName } from "./release.ts";

export interface Tenant {
  /** kubectl and helm with the tenant's own rights. */
  readonly kube: Kube;
  /** The same with the other helm. */
  readonly otherHelm: Kube;
  /** Removes the namespace and everything in it. */
  destroy(): Promise<void>;
}

const account = "tenant";

/** The built-in ClusterRole `admin`, bound in the namespace alone. */
async function makeAccount(admin: Kube): Promise<string> {
  const { namespace } = admin;
  await admin.kubectl(["create", "namespace", namespace]);
  await admin.kubectl(["label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"]);
  await admin.kubectl(["create", "serviceaccount", account]);
  const subject = `--serviceaccount=${namespace}:${account}`;
  await admin.kubectl(["create", "rolebinding", account, "--clusterrole=admin", subject]);
  return (await admin.kubectl(["create", "token", account, "--duration=2h"])).trim();
}

async function kubeconfigFor(admin: Kube, token: string, folder: string): Promise<string> {
  const shown = await admin.kubectl(["config", "view", "--minify", "--flatten", "-o", "json"]);
  const config = JSON.parse(shown) as { users: { user: object }[] };
  for (const user of config.users) user.user = { token };
  const file = join(folder, "kubeconfig");
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

/** @param helm which one the tenant uses */
export async function makeTenant(namespace: string, helm: HelmName): Promise<Tenant> {
  const kubectl = await ensureTool("kubectl");
  const tools = { kubectl, helm: await ensureTool(helm) };
  const other = { kubectl, helm: await ensureTool(helm === "helm" ? "helm4" : "helm") };
  const admin = makeKube(tools, await kubeconfigOf(), namespace);
  const folder = await mkdtemp(join(tmpdir(), "antdb-tenant-"));
  const remove = (): Promise<string> =>
    admin.kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--wait"]);
  await remove();
  const kubeconfig = await kubeconfigFor(admin, await makeAccount(admin), folder);
  return {
    kube: makeKube(tools, kubeconfig, namespace),
    otherHelm: makeKube(other, kubeconfig, namespace),
    destroy: async () => {
      await remove();
      await rm(folder, { recursive: true });
    },
  };
}
