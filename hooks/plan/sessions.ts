import type { Action, ActionKind, Step } from "../model/action.ts";
import type { NodeName } from "../model/topology.ts";
import { runningCoordinators, type World } from "./world.ts";

const on = (world: World, name: NodeName): number | undefined => world.byName.get(name)?.running?.sessions;

/** All clients: DDL of any of them is refused. */
function everywhere(world: World): number | undefined {
  const counts = runningCoordinators(world).flatMap(({ running }) => running?.sessions ?? []);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count);
}

/** Felt by those on the node itself. */
const local: readonly ActionKind[] = [
  "repoint-standby",
  "restart-node",
  "reconnect-gtm",
  "repoint-catalog",
  "strike-rows",
];
/** DDL is refused to everybody. */
const general: readonly ActionKind[] = ["append-node", "unlist-datanode"];

/** Where an action is felt: on the node it is about, on a standby's master whose commits wait, or by everybody. */
function felt(world: World, action: Action): number | undefined {
  if (general.includes(action.kind)) return everywhere(world);
  if (action.kind === "remove-node" || action.kind === "make-synchronous") {
    const master = world.byName.get(action.target)?.row?.master;
    return on(world, master ?? action.target);
  }
  return local.includes(action.kind) ? on(world, action.target as NodeName) : undefined;
}

/** Says with each step how many sessions are where it is felt, when they were counted. */
export const withSessions = (world: World, steps: readonly Step[]): readonly Step[] =>
  steps.map((step) => {
    const sessions = felt(world, step.action);
    return sessions === undefined ? step : { ...step, sessions };
  });
