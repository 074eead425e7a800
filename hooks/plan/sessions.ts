import type { Action, Step } from "../model/action.ts";
import type { NodeName } from "../model/topology.ts";
import { runningCoordinators, type World } from "./world.ts";

const on = (world: World, name: NodeName): number | undefined => world.byName.get(name)?.running?.sessions;

/** All clients: DDL of any of them is refused. */
function everywhere(world: World): number | undefined {
  const counts = runningCoordinators(world).flatMap(({ running }) => running?.sessions ?? []);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count);
}

/** Where an action is felt: on the node it is about, on a standby's master whose commits wait, or by everybody. */
function felt(world: World, action: Action): number | undefined {
  switch (action.kind) {
    case "repoint-standby":
    case "restart-node":
    case "reconnect-gtm":
    case "repoint-catalog":
    case "strike-rows":
      return on(world, action.target);
    case "remove-node":
      return action.as.endsWith(" slave")
        ? on(world, world.byName.get(action.target)?.row?.master ?? action.target)
        : on(world, action.target);
    case "append-node":
    case "unlist-datanode":
      return everywhere(world);
    default:
      return undefined;
  }
}

/** Says with each step how many sessions are where it is felt, when they were counted. */
export const withSessions = (world: World, steps: readonly Step[]): readonly Step[] =>
  steps.map((step) => {
    const sessions = felt(world, step.action);
    return sessions === undefined ? step : { ...step, sessions };
  });
