// The tests' cluster: ci/test.ts brings it up and names it; a suite run by itself takes the one a person has.
import { execa } from "execa";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const clusterName = process.env["ANTDB_TEST_CLUSTER"] ?? "antdb";

/** Path of its kubeconfig; fails with the cluster tool's own line when there is none. */
export async function kubeconfigOf(): Promise<string> {
  const { stdout } = await execa("node", ["ci/cluster/main.ts", "kubeconfig", "--name", clusterName], {
    cwd: root,
  });
  return stdout.trim();
}
