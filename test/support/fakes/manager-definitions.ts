import { isStandbyKind } from "../../../hooks/model/role.ts";
import type { NodeDefinition } from "../../../hooks/ports/manager.ts";
import { saying } from "./manager-failures.ts";
import type { ManagerServer } from "./manager-server.ts";

/** ADD HOST, ALTER HOST, ADD <node>: they only edit the catalog, and touch no node (manager reference §2.1, §2.2). */
export function addHost(
  manager: ManagerServer,
  host: { name: string; address: string; agentPort: number; user: string; home: string },
): void {
  if (manager.hosts.some(({ name }) => name === host.name))
    throw saying.alreadyThere(host.name, `host "${host.name}" already exists`);
  if (!/^\d+(\.\d+){3}$/.test(host.address))
    throw saying.refused(host.name, `invalid value for parameter "address": ${host.address}`);
  if (manager.hosts.some(({ address }) => address === host.address))
    throw saying.refused(host.name, `address "${host.address}" is already in host table`);
  manager.hosts.push({ name: host.name, address: host.address, agentPort: host.agentPort });
}

/** Not even its uniqueness is checked. */
export function alterHost(manager: ManagerServer, name: string, address: string): void {
  const row = manager.hosts.find((candidate) => candidate.name === name);
  if (row === undefined) throw saying.alreadyThere(name, `host "${name}" does not exist`);
  row.address = address;
}

/** What ADD refuses, in its own words. */
function refusal(
  manager: ManagerServer,
  { name, kind, follows, host, port, path }: NodeDefinition,
): string | undefined {
  const beside = manager.nodes.filter((row) => row.host === host);
  const checks: readonly (readonly [boolean, string])[] = [
    [manager.nodes.some((row) => row.name === name), `the name "${name}" is already exist in node table`],
    [!manager.hosts.some((row) => row.name === host), `host "${host}" does not exist`],
    [
      kind === "gtmcoord master" && manager.nodes.some((row) => row.kind === kind),
      "Only one gtm coordinator master is supported in the cluster",
    ],
    [beside.some((row) => row.path === path), `on host "${host}" the path "${path}" has already been used`],
    [beside.some((row) => row.port === port), `on host "${host}" the port "${port}" has already been used`],
    [
      isStandbyKind(kind) && !manager.nodes.some((row) => row.name === follows),
      `datanode master "${follows ?? ""}" does not exist in mgr_node.`,
    ],
  ];
  return checks.find(([refused]) => refused)?.[1];
}

export function addNode(manager: ManagerServer, node: NodeDefinition): void {
  const { name, kind, follows, host, port, path, sync } = node;
  const why = refusal(manager, node);
  if (why !== undefined) throw saying.refused(name, why);
  const first = !manager.nodes.some((row) => row.master === follows && row.sync === "sync");
  const base = { name, kind, host, port, path, initialised: false, inCluster: false };
  if (!isStandbyKind(kind) || follows === undefined) manager.nodes.push({ ...base, sync: "" });
  else manager.nodes.push({ ...base, master: follows, sync: syncOf(sync, first) });
}

/** The first standby of a master can be `sync` or `async`; `potential` it becomes beside another (src/adbmgrd/manager/cmd_node.c, mgr_set_nodesync_val). */
function syncOf(asked: string | undefined, first: boolean): string {
  if (asked === "sync" || asked === "async") return asked;
  return first ? "sync" : "potential";
}
