import type { LeftAlone, Step } from "../model/action.ts";
import { nodeOfName } from "../model/leaving.ts";
import { isStandbyKind } from "../model/role.ts";
import type { ManagerNode } from "../model/snapshot.ts";
import type { Concern, Findings } from "./concern.ts";
import { isLost } from "./lost.ts";
import { isPairGone, mayGo, planDatanodeMaster } from "./leaving-datanodes.ts";
import {
  commitsPass,
  gtmMaster,
  isAwaited,
  isEmptyDirectory,
  masterOf,
  runningCoordinators,
  type NodeView,
  type World,
} from "./world.ts";

/** The value that would count the node in again. */
const countingValue = ({ desired }: NodeView): string =>
  desired.role === "ds" ? "ds.replicas (with dn.replicas)" : `${desired.role}.replicas`;

const isCoordinator = ({ kind }: ManagerNode): boolean => kind === "coordinator master";

/** What a REMOVE needs of the others; undefined when it can go on (manager reference §5.6). */
function obstacle(world: World, view: NodeView, row: ManagerNode): string | undefined {
  if (isStandbyKind(row.kind)) {
    return masterOf(world, view)?.running === undefined
      ? `its master ${row.master ?? ""} to answer`
      : undefined;
  }
  const gtm = gtmMaster(world);
  if (gtm?.running === undefined) return "the gtm to answer";
  if (!commitsPass(world, gtm)) return "the gtm's standby to stream";
  const stays = world.nodes.filter((other) => other.member && other.row?.kind === row.kind);
  const silent = stays.find(({ running }) => running === undefined);
  if (silent !== undefined) return `${silent.desired.name} to answer`;
  const serves = runningCoordinators(world).some((other) => other !== view);
  return serves ? undefined : "another coordinator to serve clients";
}

function disturbance(world: World, row: ManagerNode): string {
  if (isCoordinator(row))
    return `sessions on ${row.name} end, new ones are led to other coordinators; DDL waits a moment`;
  const { name, master = "its master" } = row;
  const others = [...world.nodes, ...world.leaving].filter((node) => node.row?.master === row.master);
  const last = others.every(({ desired }) => desired.name === name || desired.role === "ds");
  const wait = isAwaited(row) ? `commits on ${master} wait less than a second` : "none";
  return last
    ? `${wait}; from then on ${master} has no standby: if its volume is lost, so are its rows`
    : wait;
}

/** A coordinator or a standby that is a member: holds nothing that others do not have. */
function takeOut(world: World, view: NodeView, row: ManagerNode): Step {
  const target = view.desired.name;
  const awaited = obstacle(world, view, row);
  const reason = "the values no longer ask for it";
  if (awaited !== undefined)
    return {
      action: { kind: "wait", target, for: awaited },
      reason: `${reason}, and it can't be taken out before that; to keep it, raise ${countingValue(view)}`,
      disturbance: "none",
    };
  const action = { kind: "remove-node", target, as: row.kind, stop: view.agentUp } as const;
  return { action, reason, disturbance: disturbance(world, row) };
}

const expel = ({ desired }: NodeView): Step => ({
  action: { kind: "expel-datanode", target: desired.name, stop: false },
  reason: "the values no longer ask for it, no list leads to its master, and the pods of both are gone",
  disturbance: "none: its volume stays as it is",
});

/** The gtm master goes nowhere: everything would stop with it. */
const keepGtm = (view: NodeView): LeftAlone => ({
  object: view.desired.name,
  reason: "the values no longer ask for it, and it is the gtm master now",
  remedy: `through the manager: SWITCHOVER GTMCOORD SLAVE gc_0; or raise ${countingValue(view)} again`,
  blocks: true,
});

/** Beside a manager that knows no cluster only an empty directory, or a note that no cluster was ever finished, proves that there are no rows. */
const mayHoldRows = (world: World, view: NodeView): boolean =>
  !world.initialised &&
  world.manager.journal !== "begun" &&
  ["dn", "ds"].includes(view.desired.role) &&
  !isEmptyDirectory(view);

const unproven = (view: NodeView): LeftAlone => ({
  object: view.desired.name,
  reason:
    "the values no longer ask for it, the manager knows no initialised cluster, and nothing proves its volume empty",
  remedy: `raise ${countingValue(view)} again, and put mgr's old volume back if it was replaced`,
  blocks: true,
});

function planNode(world: World, view: NodeView): Findings {
  const { row, desired, member } = view;
  if (row === undefined) return { steps: [] };
  if (!member && mayHoldRows(world, view)) return { steps: [], leftAlone: [unproven(view)] };
  if (row.kind === "datanode master" && world.initialised) return planDatanodeMaster(world, view, row);
  if (member) {
    if (row.kind === "gtmcoord master") return { steps: [], leftAlone: [keepGtm(view)] };
    if (isPairGone(world, view, row)) return { steps: [expel(view)] };
    return mayGo(world, row) ? { steps: [takeOut(world, view, row)] } : { steps: [] };
  }
  if (world.manager.nodes.some(({ master }) => master === desired.name)) return { steps: [] };
  const action = { kind: "drop-node", target: desired.name, as: row.kind } as const;
  const reason = "the values no longer ask for it, and it is no member";
  return { steps: [{ action, reason, disturbance: "none: its volume stays as it is" }] };
}

/** Hosts of the chart's own that carry no node any more. */
function planHostsLeft(world: World): readonly Step[] {
  const used = new Set([
    ...world.manager.nodes.map(({ host }) => host),
    ...world.nodes.map(({ desired }) => desired.name),
  ]);
  return world.manager.hosts
    .filter(({ name }) => !used.has(name))
    .flatMap(({ name }) => nodeOfName(world.topology, name) ?? [])
    .map(({ name }): Step => ({
      action: { kind: "drop-host", target: name },
      reason: "the manager has no node on it any more",
      disturbance: "none",
    }));
}

/** Nodes the values no longer ask for: coordinators and standbys are taken out, masters of rows are kept and named. */
export const planLeaving: Concern = (world) => {
  if (isLost(world)) return { steps: [] };
  const findings = world.leaving.map((view) => planNode(world, view));
  return {
    steps: [...findings.flatMap(({ steps }) => steps), ...planHostsLeft(world)],
    leftAlone: findings.flatMap(({ leftAlone }) => leftAlone ?? []),
  };
};
