import { willInitialise } from "./initialise.ts";
import { commitsPass, isMasterNow, runningCoordinators, type NodeView, type World } from "./world.ts";

/**
 * The coordinator to ask for roles and databases, which it makes on every master at once; none while a master's commit would hang.
 * Before the cluster is born, the one that will be asked.
 */
export function spreadingCoordinator(world: World): NodeView | undefined {
  if (!world.initialised)
    return willInitialise(world)
      ? world.nodes.find(({ desired, agentUp }) => desired.role === "cn" && agentUp)
      : undefined;
  if (!world.nodes.every((node) => !node.member || !isMasterNow(node) || commitsPass(world, node)))
    return undefined;
  return runningCoordinators(world)[0];
}
