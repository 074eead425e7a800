import type { LeftAlone, Step } from "../model/action.ts";
import { sameInPair } from "../model/parameter-rules.ts";
import { isStandbyKind } from "../model/role.ts";
import { badParameters } from "./bad-parameters.ts";
import type { Concern, Findings } from "./concern.ts";
import { restartRemedy } from "./limits.ts";
import { kindOf } from "./parameter-rows.ts";
import { isAwaited, masterOf, streams, type NodeView, type World } from "./world.ts";

const pendingOf = ({ running }: NodeView): readonly string[] =>
  [...(running?.settings ?? [])].filter(([, { pendingRestart }]) => pendingRestart).map(([key]) => key);

/**
 * Its restart brings less of something a standby needs as much of as its master: the standby would not start again before the master runs with less. What it brings
 * is what the file says, not what the values ask for: they may have nothing to say of it any more.
 */
const lowers = ({ running }: NodeView): boolean =>
  [...(running?.settings ?? [])].some(
    ([key, { pendingRestart, value, file, boot }]) =>
      pendingRestart && sameInPair.includes(key) && Number(file ?? boot) < Number(value),
  );

const standbysOf = (world: World, master: NodeView): readonly NodeView[] =>
  world.nodes.filter(({ member, row }) => member && row?.master === master.desired.name);

/**
 * A restart takes one node away for seconds: only while all others are there. Its own standbys may be away where it lowers what they need: they may be
 * waiting for just that.
 */
function calmFor(world: World, restarted: NodeView): boolean {
  const waitingForIt = lowers(restarted) ? standbysOf(world, restarted) : [];
  return world.nodes.every((view) => {
    if (!view.member || waitingForIt.includes(view)) return true;
    if (view.running === undefined || view.running.waitsForGtm === true) return false;
    return !isStandbyKind(kindOf(view)) || streams(world, view);
  });
}

/** Standbys, then datanodes, coordinators, and the gtm last; where something is lowered, the master before its standby. */
function rank(world: World, view: NodeView): number {
  const kind = kindOf(view);
  if (isStandbyKind(kind)) return standbyRank(world, view);
  if (kind === "datanode master") return lowers(view) ? 0 : 2;
  if (kind === "gtmcoord master") return lowers(view) && standbysOf(world, view).length > 0 ? 4 : 5;
  return 3;
}

function standbyRank(world: World, view: NodeView): number {
  const master = masterOf(world, view);
  const after = master !== undefined && lowers(master);
  if (!after) return 1;
  return kindOf(view) === "gtmcoord slave" ? 6 : 1;
}

function disturbanceOf(world: World, view: NodeView): string {
  switch (kindOf(view)) {
    case "coordinator master":
    case "coordinator slave":
      return "its sessions end; new ones are taken by other coordinators meanwhile";
    case "datanode master": {
      const wait = standbysOf(world, view).some(({ row }) => row !== undefined && isAwaited(row));
      return `statements on its rows fail for the seconds it is away${wait ? ", and commits wait until its standby streams again" : ""}`;
    }
    case "gtmcoord master":
      return "no transaction begins or commits while it is away and until every node has found it again, some six seconds";
    default:
      return "commits on its master wait for it while it is synchronous";
  }
}

const restartStep = (world: World, view: NodeView): Step => ({
  action: { kind: "restart-node", target: view.desired.name, as: kindOf(view) },
  reason: `${pendingOf(view).join(", ")} need${pendingOf(view).length === 1 ? "s" : ""} a restart`,
  disturbance: disturbanceOf(world, view),
});

/** One entry for all nodes that wait for the same. */
function listed(world: World, waiting: readonly NodeView[]): LeftAlone[] {
  const groups = Map.groupBy(waiting, (view) => pendingOf(view).join(", "));
  return [...groups].map(([keys, views]) => ({
    object: views.map(({ desired }) => desired.name).join(", "),
    reason: `a restart is needed for ${keys}, and parameters.restartPolicy is manual`,
    remedy: restartRemedy(world),
    blocks: false,
  }));
}

/**
 * Restarts for parameters that need one: one node at a time, each waited for before the next, and only where the values allow it. A cluster that was never whole
 * has no clients yet: it is restarted without asking.
 */
export const planRestarts: Concern = (world) => {
  const all = world.nodes.filter((view) => view.member && pendingOf(view).length > 0);
  const inVain = all.filter(({ running }) => running?.startedSinceWritten === true);
  const { steps, leftAlone = [] } = planWaiting(
    world,
    all.filter((view) => !inVain.includes(view)),
  );
  return { steps, leftAlone: [...leftAlone, ...inVain.map(stuck)] };
};

/** It runs with what its file says already, and the engine calls it pending all the same: an option of the command line, as a rule. */
const stuck = (view: NodeView): LeftAlone => ({
  object: view.desired.name,
  reason: `it was restarted since its postgresql.conf was written, and ${pendingOf(view).join(", ")} still wait${pendingOf(view).length === 1 ? "s" : ""} for a restart`,
  remedy: `on ${view.desired.name}: SELECT name, setting, source, sourcefile FROM pg_settings WHERE pending_restart`,
  blocks: false,
});

function planWaiting(world: World, waiting: readonly NodeView[]): Findings {
  if (waiting.length === 0 || badParameters(world).length > 0) return { steps: [] };
  if (world.topology.restartPolicy === "manual" && world.manager.journal === "finished")
    return { steps: [], leftAlone: listed(world, waiting) };
  const ordered = waiting.toSorted((left, right) => rank(world, left) - rank(world, right));
  const [next] = ordered;
  if (next === undefined || !calmFor(world, next)) return { steps: [] };
  return { steps: ordered.map((view) => restartStep(world, view)) };
}
