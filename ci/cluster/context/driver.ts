// A cluster that is there already: a context of the user's kubeconfig. Nothing of it is started, ended or changed here.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import type { Driver, HostStatus } from "../driver.ts";
import { ClusterFailure } from "../failure.ts";
import { findKubectl } from "../kubectl.ts";
import { readNodes } from "../nodes.ts";
import { type ClusterRecord, kubeconfigOf, stateFolder, writeRecord } from "../record.ts";
import { run } from "../run.ts";

const refuse = (what: string, remedy: string): never => {
  throw new ClusterFailure(`${what} a cluster given by --context: ${remedy}`);
};

const connect = async (record: ClusterRecord): Promise<void> => {
  const kubectl = await findKubectl();
  const context = record.context ?? "";
  try {
    await run(kubectl, ["--context", context, "--request-timeout=10s", "get", "--raw", "/readyz"]);
  } catch (error) {
    const why = error instanceof ClusterFailure ? error.message : String(error);
    throw new ClusterFailure(
      `context ${context} does not answer: try \`kubectl --context ${context} get nodes\` (${why})`,
    );
  }
  const kubeconfig = await run(kubectl, [
    "config",
    "view",
    "--minify",
    "--flatten",
    "--raw",
    "--context",
    context,
  ]);
  mkdirSync(stateFolder(record.name, "context"), { recursive: true, mode: 0o700 });
  writeFileSync(kubeconfigOf(record.name, "context"), `${kubeconfig}\n`, { mode: 0o600 });
};

/** The driver of a cluster given by context. Each of its nodes is a host under its own name. */
export const contextDriver = (record: ClusterRecord): Driver => ({
  up: async (wanted, progress) => {
    await connect(wanted);
    writeRecord(wanted);
    progress(`context ${wanted.context ?? ""} answers`);
    return wanted;
  },
  down: (progress) => {
    rmSync(stateFolder(record.name, "context"), { recursive: true, force: true });
    progress(`context ${record.context ?? ""} forgotten; the cluster itself is left as it is`);
    return Promise.resolve();
  },
  status: async (): Promise<HostStatus[]> => {
    const nodes = await readNodes(await findKubectl(), kubeconfigOf(record.name, "context"));
    return [...nodes].map(([host, node]) => ({ host, state: "not ours", node, address: "" }));
  },
  load: () =>
    refuse(
      "images cannot be loaded into",
      "push them to a registry it can pull from, and name that in images.*.registry",
    ),
  host: () => refuse("hosts cannot be switched in", "use a cluster made here (no --context)"),
  exec: () => refuse("commands cannot be run on hosts of", "use `kubectl debug node/NAME`"),
});
