import { isStandbyKind } from "../../../hooks/model/role.ts";
import type { NodeName } from "../../../hooks/model/topology.ts";
import { saying } from "./manager-failures.ts";
import { announce, makeMaster, makeStandby, register, startIn, trustPeers } from "./manager-making.ts";
import type { NodeRow, Statement } from "./manager-server.ts";
import { cloneData, type Pod } from "./pod.ts";
import { isAwaited } from "./manager-synchrony.ts";
import type { World } from "./world.ts";
import type { Live } from "./network.ts";

/** The running postgres of a member as the manager reaches it: at the address it has written down, which must let it in. */
function reach(world: World, row: NodeRow): Live {
  const { manager, network } = world;
  network.dial(manager.addressOf(row.name), network.osUser);
  const live = network.liveAt({ host: manager.addressOf(row.name), port: row.port });
  const own = [...world.pods.values()].find(({ role }) => role === "mgr")?.ip ?? "";
  if (live?.disk.name !== row.name) throw saying.notRunning(row.name);
  if (!network.admitsPeer(live, own)) throw saying.refused(row.name, `connect to ${row.name} failed`);
  return live;
}

/** APPEND (manager reference §5): wants gc and every coordinator up, a row that is only defined, and an empty directory. */
export async function appendNode(world: World, name: NodeName, statement: Statement): Promise<void> {
  const { manager } = world;
  const row = manager.row(name);
  if (row.inCluster) throw saying.alreadyThere(name, `"${name}" already exists in cluster`);
  if (row.initialised) throw saying.refused(name, `"${name}" does not exist or has been inited, incluster.`);
  for (const other of manager.members)
    if (/^(gtmcoord|coordinator) master$/.test(other.kind)) {
      const why = world.network.whyNoCommit(reach(world, other));
      if (why !== undefined) throw saying.refused(name, why);
    }
  await letIn(world, row, statement);
  if (isStandbyKind(row.kind)) await appendStandby(world, row, statement);
  else await appendMaster(world, row, statement);
}

/** Agents read pg_hba.conf and write it anew without a lock: of two APPENDs at it at once the second finds half a file (src/bin/agent/agt_cmd.c). */
async function letIn({ manager }: World, row: NodeRow, statement: Statement): Promise<void> {
  manager.hbaWriters.add(statement);
  try {
    await statement.takes(40);
    if (manager.hbaWriters.size > 1)
      throw saying.refused(row.name, "syntax error on file pg_hba.conf: another wrote it meanwhile");
  } finally {
    manager.hbaWriters.delete(statement);
  }
}

/** Where the test has this APPEND break, it does, once. */
function breakAt(world: World, row: NodeRow, where: "made" | "running" | "listed"): void {
  const { appendFails } = world.manager;
  if (appendFails.get(row.name) !== where) return;
  appendFails.delete(row.name);
  throw saying.refused(row.name, `psql: it broke with the node ${where}`);
}

/** Both flags at once, and last but for what a coordinator gets on top (src/adbmgrd/manager/cmd_node.c, mgr_append_coordmaster). */
async function appendMaster(world: World, row: NodeRow, statement: Statement): Promise<void> {
  const { manager } = world;
  const like = manager.members.find(
    ({ kind }) => kind === (row.kind === "datanode master" ? row.kind : "gtmcoord master"),
  );
  if (like === undefined) throw saying.notRunning("the node to copy from");
  reach(world, like);
  for (const member of manager.members)
    if (!isStandbyKind(member.kind)) trustPeers(world, member, reach(world, member).disk);
  const pod = await makeMaster(world, row, statement);
  breakAt(world, row, "made");
  const coordinator = row.kind === "coordinator master";
  if (pod.disk !== undefined) {
    pod.disk.data = cloneData(reach(world, like).disk.data);
    pod.disk.data.rows = 0;
    if (!coordinator) pod.disk.data.catalog.clear();
  }
  await startIn(world, pod, row.name, statement);
  breakAt(world, row, "running");
  await announce(world, row, statement, () => breakAt(world, row, "listed"));
  row.initialised = true;
  row.inCluster = true;
  if (coordinator) await completeCoordinator(world, row, pod, statement);
}

/** Its own list, and a restart for its parameters. */
async function completeCoordinator(
  world: World,
  row: NodeRow,
  pod: Pod,
  statement: Statement,
): Promise<void> {
  await statement.takes(40);
  register(world, row);
  await statement.takes(20);
  pod.running = false;
  await startIn(world, pod, row.name, statement);
}

async function appendStandby(world: World, row: NodeRow, statement: Statement): Promise<void> {
  const masterRow = world.manager.row(row.master ?? "");
  reach(world, masterRow);
  const pod = await makeStandby(world, row, statement);
  breakAt(world, row, "made");
  const master = reach(world, masterRow);
  if (row.kind === "datanode slave") master.disk.slots.add(row.name);
  await startIn(world, pod, row.name, statement);
  breakAt(world, row, "running");
  if (isAwaited(row)) master.disk.sync.add(row.name);
  await statement.takes(10);
  row.initialised = true;
  row.inCluster = true;
}
