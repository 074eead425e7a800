import type { Step } from "../model/action.ts";
import type { ManagerNode, StreamingStandby } from "../model/snapshot.ts";
import type { Concern } from "./concern.ts";
import type { NodeView, World } from "./world.ts";

/** A standby that streams, beside the master that sees it. */
interface Pair {
  readonly view: NodeView;
  readonly row: ManagerNode;
  readonly master: NodeView;
  readonly seen: StreamingStandby;
}

/**
 * The manager takes a standby for one that replicates when its master lists exactly one of its name, whatever it is at (src/adbmgrd/manager/mgr_common.c,
 * mgr_check_slave_replicate_status). Here it has to stream: behind one that still catches up commits would wait for all it lacks.
 */
function pairOf(master: NodeView, view: NodeView): Pair | undefined {
  const { row, member, desired } = view;
  const own = (master.running?.standbys ?? []).filter(({ name }) => name === desired.name);
  const [seen] = own;
  if (!member || row?.master !== master.desired.name || own.length !== 1) return undefined;
  return seen?.state === "streaming" ? { view, row, master, seen } : undefined;
}

const isWaitedFor = ({ seen }: Pair): boolean => seen.sync === "sync" || seen.sync === "quorum";

/** The manager has it as synchronous, and its master commits without it: an ALTER … async that was cut off between the file and the row, or a file somebody wrote. */
const isForgotten = ({ row, seen }: Pair): boolean => row.sync === "sync" && seen.sync === "async";

function reasonOf(pair: Pair): string {
  const { name } = pair.master.desired;
  const { sync } = pair.row;
  const state = `sync_state ${sync === "" ? "unset" : sync}`;
  if (isWaitedFor(pair))
    return `${name} waits for it, and the manager, which has it as ${state}, would refuse to fail over to it`;
  const said = sync === "sync" ? "though the manager says sync" : state;
  return (
    `it streams, and ${name} commits without waiting for it (${said}): what it has not received yet is lost with ${name}; ` +
    "the values know no asynchronous standby"
  );
}

function makeSynchronous(pair: Pair): Step {
  const { view, row, master } = pair;
  const { name } = master.desired;
  return {
    action: { kind: "make-synchronous", target: view.desired.name, as: row.kind, master: name },
    reason: reasonOf(pair),
    disturbance:
      row.kind === "gtmcoord slave"
        ? "from now on every commit of the cluster waits for it, and hangs while it is away"
        : `from now on commits on ${name} wait for it, and hang while it is away`,
  };
}

/** Of several that stream one is enough, as with those the manager defines: the first sync, the others potential. */
function planMaster(world: World, master: NodeView): readonly Step[] {
  // The manager asks this master by SQL, and would wait with it for its gtm.
  if (master.running === undefined || master.running.waitsForGtm === true) return [];
  const own = world.manager.nodes.filter((row) => row.inCluster && row.master === master.desired.name);
  const pairs = world.nodes.flatMap((view) => pairOf(master, view) ?? []);
  const hasSynchronous = own.some(({ sync }) => sync === "sync");
  return (hasSynchronous ? pairs.filter(isForgotten) : pairs.slice(0, 1)).map(makeSynchronous);
}

/**
 * Standbys of the gtm and of datanodes that stream while nobody waits for them: whoever has been through REMOVE (its row says async from then on, and APPEND keeps that: cmd_node.c,
 * mgr_remove_node_func, mgr_append_dn_slave_func), was made async by hand while it was away, or was master until a forced failover. One that does not stream yet is left as it is: the manager would
 * refuse it, and whoever made it async had commits to save.
 */
export const planSynchrony: Concern = (world) => ({
  steps: world.nodes
    .filter(({ member, row }) => member && /^(gtmcoord|datanode) master$/.test(row?.kind ?? ""))
    .flatMap((master) => planMaster(world, master)),
});
