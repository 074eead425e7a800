import type { NodeName } from "../../../hooks/model/topology.ts";
import { isStandbyKind, type NodeKind } from "../../../hooks/model/role.ts";
import { saying } from "./manager-failures.ts";
import { gtmAddress, startIn, trustPeers } from "./manager-making.ts";
import type { Disk, Pod } from "./pod.ts";
import type { NodeRow, Statement } from "./manager-server.ts";
import type { World } from "./world.ts";

/** START <kind> <name>. One that runs already says f in its row and is unharmed, which the port counts as done (manager reference §2.4). */
export async function startNode(
  world: World,
  name: NodeName,
  kind: NodeKind,
  statement: Statement,
): Promise<void> {
  const row = world.manager.row(name);
  if (row.kind !== kind)
    throw saying.refused(name, `the type of ${name} is not right, use "list node" to check`);
  await startIn(world, await world.manager.agentOf(name, statement), name, statement);
}

export async function stopNode(
  world: World,
  name: NodeName,
  kind: NodeKind,
  statement: Statement,
): Promise<void> {
  const row = world.manager.row(name);
  if (row.kind !== kind)
    throw saying.refused(name, `the type of ${name} is not right, use "list node" to check`);
  const pod = await world.manager.agentOf(name, statement);
  await statement.takes(200);
  pod.running = false;
  delete pod.primaryInEffect;
}

/** STOP ALL MODE FAST: an agent that is away is an ERROR, and those before it have been stopped by then. */
export async function stopAll(world: World, statement: Statement): Promise<void> {
  for (const row of world.manager.nodes.toReversed()) {
    const pod = await world.manager.agentOf(row.name, statement);
    await statement.takes(200);
    pod.running = false;
    delete pod.primaryInEffect;
  }
}

/** CLEAN ALL: rm -rf of every node's directory. It asks only whether a port still answers (manager reference §7). */
export async function cleanAll(world: World, statement: Statement): Promise<void> {
  const { manager, network, audit } = world;
  for (const row of manager.nodes)
    if (network.liveAt({ host: manager.addressOf(row.name), port: row.port }) !== undefined)
      throw saying.stillRunning(row.name);
  for (const row of manager.nodes) {
    const pod = await manager.agentOf(row.name, statement);
    await statement.takes(100);
    if (pod.disk !== undefined || pod.foreignBytes > 0)
      audit.wiped.push({
        pod: pod.name,
        rows: (pod.disk?.data.rows ?? 0) + pod.foreignBytes,
        member: row.inCluster,
      });
    delete pod.disk;
    delete pod.partialBytes;
    pod.foreignBytes = 0;
    row.initialised = false;
    row.inCluster = false;
  }
}

/** New lines in pg_hba.conf, a standby's source, the gtm's address: what FLUSH HOST writes to one node. */
function rewrite(world: World, row: NodeRow, disk: Disk): void {
  const { manager } = world;
  trustPeers(world, row, disk);
  if (disk.gtm !== undefined) disk.gtm = gtmAddress(manager);
  if (row.master !== undefined)
    disk.primary = { host: manager.addressOf(row.master), port: manager.row(row.master).port };
}

/** Only the coordinators' lists, and in them not the gtm's row (manager reference §4.3). */
function rewriteCatalogs({ manager, network }: World): void {
  for (const { disk } of network.lives().filter((live) => /^cn_/.test(live.disk.name)))
    for (const name of disk.data.catalog.keys())
      if (!/^gcs?_/.test(name))
        disk.data.catalog.set(name, { host: manager.addressOf(name), port: manager.row(name).port });
}

/** FLUSH HOST (manager reference §4.2): every agent and every master has to be there, and every standby is restarted. */
export async function flushHost(world: World, statement: Statement): Promise<void> {
  const { manager } = world;
  const pods = new Map<NodeName, Pod>();
  for (const row of manager.nodes) pods.set(row.name, await manager.agentOf(row.name, statement));
  const masters = manager.members.filter(({ kind }) => !isStandbyKind(kind));
  const silent = masters.find(({ name }) => pods.get(name)?.running !== true);
  if (silent !== undefined) throw saying.notRunning(silent.name);
  for (const row of manager.members) {
    const disk = pods.get(row.name)?.disk;
    await statement.takes(50);
    if (disk !== undefined) rewrite(world, row, disk);
  }
  for (const row of manager.members.filter(({ kind }) => isStandbyKind(kind))) {
    await stopNode(world, row.name, row.kind, statement);
    await startNode(world, row.name, row.kind, statement);
  }
  rewriteCatalogs(world);
}
