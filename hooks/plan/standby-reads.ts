import type { LeftAlone } from "../model/action.ts";
import type { Concern } from "./concern.ts";
import { isMasterNow, type NodeView, type World } from "./world.ts";

/** While the manager holds one of these, each commit on mgr_node makes it dial gc and every coordinator (mgr_update_cn_pgxcnode_readonlysql_slave, cmd_node.c). */
const switches = ["enable_readsql_on_slave", "enable_readsql_on_slave_async"];

function setThroughManager(world: World): LeftAlone[] {
  return world.manager.parameters
    .filter(({ key, value }) => switches.includes(key) && value === "on")
    .map(({ node, key }) => ({
      object: "manager",
      reason:
        `${key} is set for ${node}: while one coordinator's address is dead, everything the manager does to a node waits minutes for it, ` +
        "and a read on standbys can see half of a transaction",
      remedy: `through the manager: RESET COORDINATOR ${node === "*" ? "ALL" : `MASTER ${node}`} (${key})`,
      blocks: false,
    }));
}

/** Rows that lead reads to what is no standby any more. Such a read hangs in its connect with its locks held, whatever its statement_timeout says. */
function astray(world: World, view: NodeView): LeftAlone[] {
  return (view.running?.catalog ?? [])
    .filter(({ standby }) => standby === true)
    .filter(({ name }) => {
      const node = world.byName.get(name);
      return node === undefined || !node.member || isMasterNow(node);
    })
    .map(({ name }) => ({
      object: view.desired.name,
      reason: `its pgxc_node leads reads to ${name}, which is no standby in the cluster`,
      remedy: `on ${view.desired.name}, as a superuser: DROP NODE ${name}; SELECT pgxc_pool_reload()`,
      blocks: false,
    }));
}

/** Reads on standbys, where somebody has turned them on by hand: their addresses are kept right with all others, the rest is told. */
export const planStandbyReads: Concern = (world) => ({
  steps: [],
  leftAlone: [...setThroughManager(world), ...world.nodes.flatMap((view) => astray(world, view))],
});
