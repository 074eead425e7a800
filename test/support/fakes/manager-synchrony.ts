import type { NodeKind } from "../../../hooks/model/role.ts";
import type { NodeName } from "../../../hooks/model/topology.ts";
import { saying } from "./manager-failures.ts";
import type { NodeRow, Statement } from "./manager-server.ts";
import type { World } from "./world.ts";

/** What the manager writes into synchronous_standby_names (src/adbmgrd/manager/cmd_node.c, mgr_get_master_sync_string). */
export const isAwaited = ({ sync }: Pick<NodeRow, "sync">): boolean =>
  sync === "sync" || sync === "potential";

/** When the last sync one goes, a potential one takes its place (mgr_update_one_potential_to_sync). */
export function promotePotential({ manager }: World, gone: NodeRow): void {
  const others = manager.members.filter((row) => row !== gone && row.master === gone.master);
  const next = others.find(({ sync }) => sync === "potential");
  if (next !== undefined && !others.some(({ sync }) => sync === "sync")) next.sync = "sync";
}

/** ALTER … (sync_state='sync'): of a member only while its master lists it; first the master's file, then the row (mgr_alter_node_func). */
export async function makeSynchronous(
  world: World,
  name: NodeName,
  kind: NodeKind,
  statement: Statement,
): Promise<void> {
  const { manager, network } = world;
  const row = manager.rowAs(name, kind);
  if (row === undefined) throw saying.alreadyThere(name, `${kind} "${name}" does not exist`);
  if (row.inCluster) {
    const master = manager.row(row.master ?? "");
    await manager.agentOf(master.name, statement);
    const live = network.liveAt({ host: manager.addressOf(master.name), port: master.port });
    const listed = live === undefined ? [] : network.streamingOf(live).filter((each) => each.name === name);
    if (live === undefined || listed.length !== 1) throw saying.notStreaming(kind, name);
    live.disk.sync.add(name);
    await statement.takes(150);
  }
  row.sync = "sync";
}
