import { isStandbyKind, type NodeKind } from "../../../hooks/model/role.ts";
import { isFailure, type Failure } from "../../../hooks/model/failure.ts";
import { saying } from "./manager-failures.ts";
import { makeMaster, makeStandby, register, startIn } from "./manager-making.ts";
import type { NodeRow, Statement } from "./manager-server.ts";
import { isAwaited } from "./manager-synchrony.ts";
import type { World } from "./world.ts";

const order: readonly NodeKind[] = [
  "gtmcoord master",
  "gtmcoord slave",
  "coordinator master",
  "datanode master",
  "datanode slave",
];

async function makeNode(world: World, row: NodeRow, statement: Statement): Promise<void> {
  const make = isStandbyKind(row.kind) ? makeStandby : makeMaster;
  const pod = await make(world, row, statement);
  row.initialised = true;
  await startIn(world, pod, row.name, statement);
}

/**
 * INIT ALL (manager reference §2.3): not idempotent, every agent has to answer, a later section runs although an earlier row said f, and what was done
 * stays done when it breaks off.
 */
export async function initAll(world: World, statement: Statement): Promise<void> {
  const { manager, audit } = world;
  const rows = order.flatMap((kind) => manager.nodes.filter((row) => row.kind === kind));
  if (rows[0]?.kind !== "gtmcoord master")
    throw saying.refused("cluster", "there is not any gtmcoord in the node table");
  if (rows[0].initialised)
    throw saying.alreadyThere(rows[0].name, `gtmcoord master "${rows[0].name}" has been initialized`);
  audit.initAlls.push({ membersBefore: manager.members.length });
  const failed: Failure[] = [];
  for (const row of rows) {
    try {
      await makeNode(world, row, statement);
    } catch (error) {
      // An unreachable agent and a gtm that can't be made are ERRORs; all else is a row.
      if (!isFailure(error) || error.facts.class !== "retry" || row.kind === "gtmcoord master") throw error;
      failed.push(error);
    }
  }
  for (const row of rows) {
    await statement.takes(50);
    if (row.initialised) join(world, row);
  }
  if (failed[0] !== undefined) throw failed[0];
}

/** The last section: pgxc_node, synchronous_standby_names, and the flag that makes it a member. */
function join(world: World, row: NodeRow): void {
  const { manager, network } = world;
  register(world, row);
  const master = row.master === undefined ? undefined : manager.row(row.master);
  if (master !== undefined && isAwaited(row))
    network.liveAt({ host: manager.addressOf(master.name), port: master.port })?.disk.sync.add(row.name);
  row.inCluster = true;
}
