import type { LeftAlone } from "../model/action.ts";
import { isStandbyKind } from "../model/role.ts";
import type { ManagerNode } from "../model/snapshot.ts";
import { badParameters } from "./bad-parameters.ts";
import type { Concern, Findings } from "./concern.ts";
import { beyondLimit } from "./limits.ts";
import { commitsPass, gtmMaster, isEmptyDirectory, type NodeView, type World } from "./world.ts";

const isHalfAdded = (view: NodeView, row: ManagerNode): boolean =>
  row.initialised || (view.directoryBytes !== undefined && !isEmptyDirectory(view));

/** Who has to answer before APPEND can work and does not: the gtm and every coordinator, and a datanode to copy from (manager reference §5.1). */
const silentMembers = (world: World): readonly NodeView[] =>
  world.nodes.filter(
    (view) => view.member && view.row?.kind !== "datanode slave" && view.running === undefined,
  );

function halfAdded(view: NodeView, row: ManagerNode): LeftAlone {
  const kind = row.kind.toUpperCase();
  const { name } = view.desired;
  const reason = row.initialised
    ? "it was half added: initialised, but not in the cluster"
    : "it is no member, but its directory is not empty";
  // CLEAN leaves the flag initialised as it is, and APPEND refuses such a row (manager reference §5.5): only DROP takes it away.
  const drop = row.initialised ? ` DROP ${kind} ${name};` : "";
  const remedy =
    `if nothing in it is needed, through the manager: STOP ${kind} ${name} MODE FAST; CLEAN ${kind} ${name};${drop} ` +
    "then run reconcile again";
  return { object: name, reason, remedy, blocks: true };
}

/**
 * The directory is the very one that this coordinator or standby left behind when the program took it out: what it held is elsewhere too. A directory that has
 * changed by a single byte since is somebody else's to judge.
 */
const leftItBehind = (world: World, view: NodeView, row: ManagerNode): boolean =>
  !row.initialised &&
  !isEmptyDirectory(view) &&
  row.kind !== "datanode master" &&
  row.kind !== "gtmcoord master" &&
  world.manager.departures.some(
    ({ node, kind, bytes }) =>
      node === row.name && kind === row.kind && bytes !== undefined && bytes === view.directoryBytes,
  );

/** What an APPEND of this node has to wait for; undefined when it can go on. */
function obstacle(world: World, view: NodeView, row: ManagerNode): string | undefined {
  if (view.directoryBytes === undefined) return "its agent to tell the size of its directory";
  const [silent] = silentMembers(world);
  if (silent !== undefined) return `${silent.desired.name} to answer`;
  if (!commitsPass(world, gtmMaster(world))) return "the gtm's standby to stream";
  const master = row.master === undefined ? undefined : world.byName.get(row.master);
  // A standby is copied from its master, which must run.
  if (isStandbyKind(row.kind) && master?.running === undefined)
    return `its master ${row.master ?? ""} to run`;
  return undefined;
}

function planNode(world: World, view: NodeView): Findings {
  const { row } = view;
  if (row === undefined || view.member || !view.agentUp) return { steps: [] };
  const returns = leftItBehind(world, view, row);
  if (!returns && isHalfAdded(view, row)) return { steps: [], leftAlone: [halfAdded(view, row)] };
  const target = view.desired.name;
  const reason = returns
    ? "it left the cluster and comes back: its directory is the one it left behind, and is made anew"
    : "it is defined and not in the cluster yet";
  const awaited = obstacle(world, view, row);
  if (awaited !== undefined)
    return { steps: [{ action: { kind: "wait", target, for: awaited }, reason, disturbance: "none" }] };
  const beyond = beyondLimit(world, view);
  if (beyond !== undefined) return { steps: [], leftAlone: [beyond] };
  const action = {
    kind: "append-node",
    target,
    as: row.kind,
    ...(returns ? { clean: true as const } : {}),
  } as const;
  return { steps: [{ action, reason, disturbance: "DDL waits while it is added" }] };
}

/** Nodes the values ask for beyond what was initialised: appended one by one, masters before their standbys. */
export const planAppends: Concern = (world) => {
  if (!world.initialised || badParameters(world).length > 0) return { steps: [] };
  const findings = world.nodes.map((view) => planNode(world, view));
  return {
    steps: findings.flatMap((finding) => finding.steps),
    leftAlone: findings.flatMap((finding) => finding.leftAlone ?? []),
  };
};
