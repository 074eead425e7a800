// npm run demo: from nothing to rows. npm run demo:down: removes all of it.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ClusterFailure, down } from "../cluster/cluster.ts";
import { ImageError } from "../images/failure.ts";
import { imagesFile } from "../images/paths.ts";
import { ToolError } from "../tools/tool.ts";
import { farewell } from "./farewell.ts";
import { prepare, type Stage } from "./prepare.ts";
import { CommandFailed, type Kube } from "./kube.ts";
import { type ClientOptions, startClient } from "./client.ts";
import { show, step } from "./progress.ts";
import { insertRows, rowCount, rowsPerDatanode } from "./rows.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const release = "antdb";
const usage = "npm run demo [-- --package PATH] [-- --name CLUSTER]   |   npm run demo:down";

/** Installs, or upgrades what an earlier demo left: a demo can be run again at any time. */
async function installRelease(kube: Kube): Promise<void> {
  const files = ["-f", imagesFile, "-f", join(root, "ci/values/local.yaml")];
  const chart = join(root, "chart");
  await step(`helm upgrade --install ${release} ./chart -n ${kube.namespace}`, async () => {
    show(await kube.helm(["upgrade", "--install", release, chart, "--create-namespace", ...files]));
  });
}

async function showRows(client: ClientOptions): Promise<void> {
  await step(`a table spread over the datanodes, ${rowCount} rows`, async () => {
    const table = `demo_${Date.now().toString(36)}`;
    show(`table ${table}: ${await insertRows(client, table)} rows`);
    for (const [datanode, rows] of await rowsPerDatanode(client, table)) show(`  ${datanode}: ${rows}`);
  });
}

async function runDemo({ cluster, tools, namespace, kube, engineImage }: Stage): Promise<void> {
  await installRelease(kube);
  const client: ClientOptions = { kube, image: engineImage, fullname: release, name: "antdb-client" };
  await step("a client: psql in a pod of its own, by password", () => startClient(client));
  await showRows(client);
  const status = ["exec", `deploy/${release}-watcher`, "--", "antdb", "status"];
  await step(`the topology: kubectl ${status.join(" ")}`, async () => show(await kube.kubectl(status)));
  console.log(farewell({ kubeconfig: cluster.kubeconfig, ...tools, namespace, release, imagesFile }));
}

const isPlain = (error: unknown): error is Error =>
  error instanceof ClusterFailure ||
  error instanceof ImageError ||
  error instanceof ToolError ||
  error instanceof CommandFailed;

async function main(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { package: { type: "string" }, name: { type: "string", default: "demo" } },
  });
  const startedMs = performance.now();
  if (positionals[0] === "down") {
    console.log(
      (await down(values.name)) ? `cluster ${values.name} is gone` : `there is no cluster ${values.name}`,
    );
    return;
  }
  if (positionals[0] !== "up") throw new CommandFailed(usage);
  await runDemo(await prepare(values.name, values.package));
  console.log(`From nothing to rows in ${((performance.now() - startedMs) / 1000).toFixed(0)} s.`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!isPlain(error)) throw error;
  console.error(`demo: ${error.message}`);
  process.exitCode = 1;
}
