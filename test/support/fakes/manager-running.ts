import type { NodeName } from "../../../hooks/model/topology.ts";
import type { NodeKind } from "../../../hooks/model/role.ts";
import { saying } from "./manager-failures.ts";
import { startIn } from "./manager-making.ts";
import type { Statement } from "./manager-server.ts";
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
  await startIn(await world.manager.agentOf(name, statement), name, statement);
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
    pod.foreignBytes = 0;
    row.initialised = false;
    row.inCluster = false;
  }
}
