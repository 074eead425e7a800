import { isStandbyKind, type NodeKind } from "../../../hooks/model/role.ts";
import type { NodeName } from "../../../hooks/model/topology.ts";
import { saying } from "./manager-failures.ts";
import type { ManagerServer, NodeRow, Statement } from "./manager-server.ts";
import { promotePotential } from "./manager-synchrony.ts";
import type { World } from "./world.ts";

/** REMOVE (manager reference §5.6): coordinators and standbys that do not run; an agent that is away counts as a node that does not. */
export async function removeNode(
  world: World,
  name: NodeName,
  kind: NodeKind,
  statement: Statement,
): Promise<void> {
  const { manager, network } = world;
  const row = manager.rowAs(name, kind);
  if (row?.inCluster !== true) throw saying.alreadyThere(name, `${kind} "${name}" does not exist in cluster`);
  if (kind === "gtmcoord master" || kind === "datanode master")
    throw saying.refused(
      name,
      "it can't remove gtmcoord master, datanode master, only can remove coordinator master.",
    );
  await statement.takes(200);
  if (network.liveAt({ host: manager.addressOf(name), port: row.port })?.disk.name === name)
    throw saying.stillRunning(name);
  if (isStandbyKind(kind)) removeStandby(world, row);
  else removeCoordinator(world, row);
  row.initialised = false;
  row.inCluster = false;
}

const liveOf = (world: World, name: string) => world.network.lives().find(({ disk }) => disk.name === name);

function removeStandby(world: World, row: NodeRow): void {
  const master = liveOf(world, row.master ?? "");
  if (master === undefined) throw saying.notRunning(row.master ?? "");
  promotePotential(world, row);
  master.disk.sync.delete(row.name);
  master.disk.slots.delete(row.name);
  row.sync = "async";
}

function removeCoordinator(world: World, row: NodeRow): void {
  const { manager, network } = world;
  const holders = manager.members.filter(
    (each) => each !== row && /^(gtmcoord|coordinator) master$/.test(each.kind),
  );
  if (!holders.some(({ kind }) => kind === "coordinator master"))
    throw saying.refused(row.name, "the cluster only has one coordinator, cannot be removed");
  for (const { name, kind } of holders) {
    const live = liveOf(world, name);
    if (live === undefined && kind === "gtmcoord master") throw saying.notRunning(name);
    // One that does not run keeps the row, with a warning.
    if (live === undefined) continue;
    const why = network.whyNoCommit(live);
    if (why !== undefined) throw saying.refused(row.name, why);
    live.disk.data.catalog.delete(row.name);
  }
}

/** CLEAN of one node: rm -rf of its directory; members and what runs are refused. */
export async function cleanNode(world: World, name: NodeName, statement: Statement): Promise<void> {
  const { manager, network, audit } = world;
  const row = manager.row(name);
  if (row.inCluster) throw saying.refused(name, `"${name}" already exists in cluster, cannot be cleaned`);
  if (network.liveAt({ host: manager.addressOf(name), port: row.port }) !== undefined)
    throw saying.stillRunning(name);
  const pod = await manager.agentOf(name, statement);
  await statement.takes(100);
  // A standby's rows are its master's too.
  const rows = pod.disk?.inRecovery === true ? 0 : (pod.disk?.data.rows ?? 0);
  audit.wiped.push({ pod: pod.name, rows: rows + pod.foreignBytes, member: false });
  delete pod.disk;
  delete pod.partialBytes;
  pod.foreignBytes = 0;
}

/** DROP <node> and DROP HOST: definitions only. */
export function dropNode(manager: ManagerServer, name: NodeName, kind: NodeKind): void {
  const row = manager.rowAs(name, kind);
  if (row === undefined) throw saying.alreadyThere(name, `${kind} "${name}" does not exist`);
  if (row.inCluster)
    throw saying.refused(name, `${kind} "${name}" has been initialized in the cluster, cannot be dropped`);
  if (manager.nodes.some(({ master }) => master === name))
    throw saying.refused(name, `${kind} "${name}" has been used by slave, cannot be dropped`);
  manager.nodes = manager.nodes.filter((each) => each !== row);
}

export function dropHost(manager: ManagerServer, name: string): void {
  if (!manager.hosts.some((each) => each.name === name))
    throw saying.alreadyThere(name, `host "${name}" dose not exist`);
  if (manager.nodes.some(({ host }) => host === name))
    throw saying.refused(name, `"${name}" has been used, cannot be dropped`);
  manager.hosts = manager.hosts.filter((each) => each.name !== name);
}
