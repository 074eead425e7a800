import { bytesText } from "../kit/bytes.ts";
import type { LeftAlone, Step } from "../model/action.ts";
import type { PlacedTable } from "../model/placed-table.ts";
import type { ManagerNode } from "../model/snapshot.ts";
import type { Findings } from "./concern.ts";
import { commitsPass, gtmMaster, type NodeView, type World } from "./world.ts";

const everybody = ({ nodes, leaving }: World): readonly NodeView[] => [...nodes, ...leaving];

/** Everybody who has a list of nodes that queries and DDL go by. */
const holders = (world: World): readonly NodeView[] =>
  everybody(world).filter(
    ({ member, row }) => member && (row?.kind === "gtmcoord master" || row?.kind === "coordinator master"),
  );

/** A list leads to it: it takes part in the cluster, whatever its flags say. */
const isListed = (world: World, { desired }: NodeView): boolean =>
  holders(world).some(({ running }) => running?.catalog.some(({ name }) => name === desired.name));

const mostNamed = 8;

/** What is on it, biggest first, and how to get it off. */
function keepRows(world: World, { desired }: NodeView, tables: readonly PlacedTable[]): LeftAlone {
  const { release } = world.topology;
  const all = bytesText(tables.reduce((sum, { bytes }) => sum + bytes, 0));
  const named = tables
    .slice(0, mostNamed)
    .map(({ database, name, bytes }) => `${database}: ${name} ${bytesText(bytes)}`);
  const more = tables.length > mostNamed ? ` and ${tables.length - mostNamed} more` : "";
  const some = `${tables.length} table${tables.length === 1 ? "" : "s"}`;
  return {
    object: desired.name,
    reason: `the values no longer ask for it, and ${some} lie on it, ${all} here: ${named.join(", ")}${more}`,
    remedy:
      `move them off: kubectl exec -n ${release.namespace} deploy/${release.fullname}-watcher -- antdb drain ${desired.name}; ` +
      "or raise dn.replicas again",
    blocks: true,
  };
}

/** Until then it is not known whether it may go at all. */
export const untilTold = "it and a coordinator to answer and tell what lies on it";

const wait = (target: NodeView, awaited: string): Findings => ({
  steps: [
    {
      action: { kind: "wait", target: target.desired.name, for: awaited },
      reason:
        "the values no longer ask for it, and only then is it known that nothing is lost with it; to keep it, raise dn.replicas",
      disturbance: "none",
    },
  ],
});

/** Who has to answer: everybody with a list changes it, or nobody does. */
function obstacle(world: World): string | undefined {
  const silent = holders(world).find(({ running }) => running === undefined);
  if (silent !== undefined) return `${silent.desired.name} to answer`;
  if (gtmMaster(world) === undefined) return "the gtm to answer";
  return commitsPass(world, gtmMaster(world)) ? undefined : "the gtm's standby to stream";
}

function unlist(world: World, view: NodeView): Step {
  const action = {
    kind: "unlist-datanode",
    target: view.desired.name,
    holders: holders(world).map(({ desired }) => desired.name),
  } as const;
  return {
    action,
    reason: "the values no longer ask for it, and no table lies on it",
    disturbance: "DDL is refused for some seconds (cannot execute … in a locked cluster)",
  };
}

/** Its partner stays and would follow nobody. */
const keepLeader = (view: NodeView, partner: NodeView): LeftAlone => ({
  object: view.desired.name,
  reason: `the values no longer ask for it, and it is the master of ${partner.desired.name}, which stays`,
  remedy: `through the manager: SWITCHOVER DATANODE SLAVE ${partner.desired.name}; or raise ds.replicas again`,
  blocks: true,
});

/** A datanode master the values no longer ask for: kept while a table lies on it, then off every list, then out, its standby before it. */
export function planDatanodeMaster(world: World, view: NodeView, row: ManagerNode): Findings {
  const { name } = view.desired;
  const partner = world.nodes.find((other) => other.row?.master === name);
  if (partner !== undefined) return { steps: [], leftAlone: [keepLeader(view, partner)] };
  const followers = world.leaving.filter((other) => other.row?.master === name);
  const listed = isListed(world, view);
  if (listed || view.running !== undefined) {
    const tables = world.snapshot.placed.get(view.desired.name);
    if (tables === undefined) return wait(view, untilTold);
    if (tables.length > 0) return { steps: [], leftAlone: [keepRows(world, view, tables)] };
  }
  if (listed) {
    const awaited = obstacle(world);
    return awaited === undefined ? { steps: [unlist(world, view)] } : wait(view, awaited);
  }
  // Silent lists may still have it.
  const awaited = obstacle(world);
  if (awaited !== undefined) return wait(view, awaited);
  if (followers.length > 0) return { steps: [] };
  const target = view.desired.name;
  const expel = { kind: "expel-datanode", target, stop: view.agentUp } as const;
  const drop = { kind: "drop-node", target, as: row.kind } as const;
  const reason = "the values no longer ask for it, and no list leads to it";
  const disturbance = "none: its volume stays as it is";
  return { steps: [{ action: view.member ? expel : drop, reason, disturbance }] };
}

/** A standby goes once its master is off every list: until then it is what keeps the rows safe. */
export function mayGo(world: World, row: ManagerNode): boolean {
  const leader = world.leaving.find(({ desired }) => desired.name === row.master);
  return leader?.member !== true || !isListed(world, leader);
}

/**
 * A standby whose pair is off every list, and whose pods are both gone: its REMOVE would wait for its master for ever. So it is where a catalog was put back as it was kept
 * before the pair went.
 */
export function isPairGone(world: World, view: NodeView, row: ManagerNode): boolean {
  const leader = world.leaving.find(({ desired }) => desired.name === row.master);
  if (row.kind !== "datanode slave" || leader === undefined) return false;
  const noPods = view.pod === undefined && leader.pod === undefined;
  return noPods && !isListed(world, leader) && obstacle(world) === undefined;
}
