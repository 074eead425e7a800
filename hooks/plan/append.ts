import type { Step } from "../model/action.ts";
import { isStandbyKind } from "../model/role.ts";
import type { ManagerNode } from "../model/snapshot.ts";
import { badParameters } from "./bad-parameters.ts";
import type { Concern, Findings } from "./concern.ts";
import { ddlObstacle, type Obstacle } from "./ddl-lock.ts";
import { planLeftovers, planUnfinished } from "./half-appended.ts";
import { beyondLimit } from "./limits.ts";
import { commitsPass, gtmMaster, isEmptyDirectory, masterOf, type NodeView, type World } from "./world.ts";

/** Who has to answer before APPEND can work and does not: the gtm and every coordinator, and a datanode to copy from (manager reference §5.1). */
const silentMembers = (world: World): readonly NodeView[] =>
  world.nodes.filter(
    (view) => view.member && view.row?.kind !== "datanode slave" && view.running === undefined,
  );

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

const silence = ({ fact }: NodeView): string =>
  "detail" in fact ? fact.detail : fact.state === "not-looked-at" ? fact.reason : fact.state;

/** A standby of the same master that comes before this one: both would write the master's postgresql.conf. */
const olderSibling = (world: World, view: NodeView, row: ManagerNode): NodeView | undefined =>
  world.nodes
    .slice(0, world.nodes.indexOf(view))
    .find((other) => !other.member && other.agentUp && other.row?.master === row.master);

/** What an APPEND of this node has to wait for; undefined when it can go on. */
function obstacle(world: World, view: NodeView, row: ManagerNode): Obstacle | undefined {
  if (view.directoryBytes === undefined) return { awaited: "its agent to tell the size of its directory" };
  const silent = silentMembers(world);
  if (silent[0] !== undefined)
    return {
      awaited: `${silent[0].desired.name} to answer`,
      because: `the gtm, every coordinator and every datanode have to: ${silent.map((each) => `${each.desired.name}: ${silence(each)}`).join("; ")}`,
    };
  if (!commitsPass(world, gtmMaster(world))) return { awaited: "the gtm's standby to stream" };
  const sibling = olderSibling(world, view, row);
  // A standby is copied from its master, which must run.
  if (isStandbyKind(row.kind) && sibling !== undefined)
    return { awaited: `${sibling.desired.name}, another standby of ${row.master ?? ""}, to be added first` };
  if (isStandbyKind(row.kind))
    return masterOf(world, view)?.running === undefined
      ? { awaited: `its master ${row.master ?? ""} to run` }
      : undefined;
  return ddlObstacle(world);
}

const wait = (view: NodeView, { awaited, because, remedy }: Obstacle, reason: string): Step => ({
  action: { kind: "wait", target: view.desired.name, for: awaited },
  reason: because === undefined ? reason : `${reason}; ${because}`,
  disturbance: "none",
  ...(remedy === undefined ? {} : { remedy }),
});

/** Copying from a master disturbs nobody; a master that joins is on every list before DDL goes on. */
const disturbance = (row: ManagerNode): string =>
  isStandbyKind(row.kind)
    ? `${row.master ?? "its master"} is read for the copy; once it streams, commits there wait for it`
    : "DDL is refused meanwhile, in the database postgres for some seconds (25006 cannot execute … in a locked cluster)";

function planNode(world: World, view: NodeView): Findings {
  const { row } = view;
  if (row === undefined || view.member || !view.agentUp) return { steps: [] };
  const returns = leftItBehind(world, view, row);
  const reason = returns
    ? "it left the cluster and comes back: its directory is the one it left behind, and is made anew"
    : "it is defined and not in the cluster yet";
  const leftovers = planLeftovers(world, view, row, returns);
  if (leftovers?.leftAlone !== undefined) return leftovers;
  const awaited = obstacle(world, view, row);
  if (awaited !== undefined) return { steps: [wait(view, awaited, reason)] };
  if (leftovers !== undefined) return leftovers;
  const beyond = beyondLimit(world, view);
  if (beyond !== undefined) return { steps: [], leftAlone: [beyond] };
  const target = view.desired.name;
  const action = {
    kind: isStandbyKind(row.kind) ? "append-standby" : "append-node",
    target,
    as: row.kind,
    ...(returns ? { clean: true as const } : {}),
  } as const;
  return { steps: [{ action, reason, disturbance: disturbance(row) }] };
}

/**
 * Nodes the values ask for beyond what was initialised: appended one by one, masters before their standbys. What an APPEND of the program's own that was cut off has left is finished
 * where the node is a member by then, and else cleared, and begun anew.
 */
export const planAppends: Concern = (world) => {
  if (!world.initialised) return { steps: [] };
  const unfinished = planUnfinished(world);
  if (badParameters(world).length > 0) return { steps: unfinished };
  const findings = world.nodes.map((view) => planNode(world, view));
  return {
    steps: [...unfinished, ...findings.flatMap((finding) => finding.steps)],
    leftAlone: findings.flatMap((finding) => finding.leftAlone ?? []),
  };
};
