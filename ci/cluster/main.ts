// node ci/cluster/main.ts VERB …: the local cluster from the command line. See arguments.ts for the verbs.
import { dirname, resolve } from "node:path";
import { ensureTools, ToolError } from "../tools/tool.ts";
import { type Command, parseArguments, usage } from "./arguments.ts";
import * as cluster from "./cluster.ts";
import { ClusterFailure } from "./failure.ts";

const showStatus = async (name: string): Promise<number> => {
  const { driver, kubeconfig } = cluster.findCluster(name);
  const hosts = await cluster.status(name);
  const rows = [{ host: "HOST", state: "STATE", node: "NODE", address: "ADDRESS" }, ...hosts];
  for (const row of rows)
    console.log(`${row.host.padEnd(14)} ${row.state.padEnd(9)} ${row.node.padEnd(16)} ${row.address}`);
  console.log(`cluster ${name} (${driver}), KUBECONFIG=${kubeconfig}`);
  return hosts.length > 0 && hosts.every((host) => host.node === "Ready") ? 0 : 1;
};

const showEnvironment = async (name: string): Promise<void> => {
  const { kubeconfig } = cluster.findCluster(name);
  const tools = await ensureTools(["kubectl", "helm"]);
  console.log(`export KUBECONFIG=${kubeconfig}`);
  console.log(`export PATH=${tools.map((tool) => dirname(tool)).join(":")}:$PATH`);
};

const end = async (name: string): Promise<void> => {
  if (!(await cluster.down(name))) console.error(`there is no cluster ${name}: nothing to do`);
};

const start = async (command: Command & { verb: "up" }): Promise<void> => {
  const { kubeconfig } = await cluster.up(command);
  console.log(`cluster ${command.name} is up: export KUBECONFIG=${kubeconfig}`);
};

const runCommand = async (command: Command): Promise<number> => {
  switch (command.verb) {
    case "up":
      return start(command).then(() => 0);
    case "down":
      return end(command.name).then(() => 0);
    case "status":
      return showStatus(command.name);
    case "kubeconfig":
      console.log(cluster.kubeconfigPath(command.name));
      return 0;
    case "env":
      return showEnvironment(command.name).then(() => 0);
    case "load":
      return cluster
        .loadImages(
          command,
          command.files.map((file) => resolve(file)),
        )
        .then(() => 0);
    case "host":
      return cluster.hostAction(command, command.action, command.host).then(() => 0);
    case "exec":
      return cluster.hostExec(command, command.host, command.command);
    case "help":
      console.log(usage);
      return 0;
  }
};

try {
  process.exitCode = await runCommand(parseArguments(process.argv.slice(2)));
} catch (error) {
  const isExpected = error instanceof ClusterFailure || error instanceof ToolError;
  // the one line is what a person needs; the rest is for whoever mends this
  console.error(
    isExpected || process.env["DEBUG"] === undefined ? String(error).replace(/^(\w*: )/, "") : error,
  );
  process.exitCode = 1;
}
