import type { LeftAlone } from "../model/action.ts";
import { isStandbyKind } from "../model/role.ts";
import type { ManagerNode } from "../model/snapshot.ts";
import type { Concern, Findings } from "./concern.ts";
import { isEmptyDirectory, type NodeView, type World } from "./world.ts";

/** APPEND wants every coordinator and the gtm up (manager reference §5.1). */
const everyoneAnswers = (world: World): boolean =>
  world.nodes
    .filter((view) => view.member && view.row?.kind !== "datanode slave")
    .every((view) => view.running !== undefined);

function halfAdded(view: NodeView, row: ManagerNode): LeftAlone {
  const kind = row.kind.toUpperCase();
  const { name } = view.desired;
  const reason = row.initialised
    ? "it was half added: initialised, but not in the cluster"
    : "it is no member, but its directory is not empty";
  const remedy =
    `if nothing in it is needed, through the manager: STOP ${kind} ${name} MODE FAST; CLEAN ${kind} ${name}; ` +
    "then run reconcile again";
  return { object: name, reason, remedy, blocks: true };
}

/** A standby is copied from its master, which must run. */
function sourceRuns(world: World, row: ManagerNode): boolean {
  const master = row.master === undefined ? undefined : world.byName.get(row.master);
  return !isStandbyKind(row.kind) || master?.running !== undefined;
}

function planNode(world: World, view: NodeView): Findings {
  const { row } = view;
  if (row === undefined || view.member || !view.agentUp) return { steps: [] };
  const filled = view.directoryBytes !== undefined && !isEmptyDirectory(view);
  if (row.initialised || filled) return { steps: [], leftAlone: [halfAdded(view, row)] };
  if (!isEmptyDirectory(view) || !everyoneAnswers(world) || !sourceRuns(world, row)) return { steps: [] };
  const reason = "it is defined and not in the cluster yet";
  const action = { kind: "append-node", target: view.desired.name, as: row.kind } as const;
  return { steps: [{ action, reason, disturbance: "DDL waits while it is added" }] };
}

/** Nodes the values ask for beyond what was initialised: appended one by one, masters before their standbys. */
export const planAppends: Concern = (world) => {
  if (!world.initialised) return { steps: [] };
  const findings = world.nodes.map((view) => planNode(world, view));
  return {
    steps: findings.flatMap((finding) => finding.steps),
    leftAlone: findings.flatMap((finding) => finding.leftAlone ?? []),
  };
};
