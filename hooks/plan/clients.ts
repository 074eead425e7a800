import type { Step } from "../model/action.ts";
import type { Concern } from "./concern.ts";
import { willInitialise } from "./initialise.ts";
import { commitsPass, isMasterNow, runningCoordinators, type NodeView, type World } from "./world.ts";

const nothingYet = { role: false, passwordMatches: false, database: false };

/** The coordinator to ask and, once it could be asked, what it has. */
function askedCoordinator(
  world: World,
): { readonly view: NodeView; readonly client: typeof nothingYet } | undefined {
  if (!world.initialised) {
    const view = world.nodes.find(({ desired, agentUp }) => desired.role === "cn" && agentUp);
    return view === undefined || !willInitialise(world) ? undefined : { view, client: nothingYet };
  }
  // Roles and databases are made on every master at once.
  if (!world.nodes.every((node) => !node.member || !isMasterNow(node) || commitsPass(world, node)))
    return undefined;
  const view = runningCoordinators(world)[0];
  return view?.running?.client === undefined ? undefined : { view, client: view.running.client };
}

/** The application's role and database, made through one coordinator, which spreads them. */
export const planClients: Concern = (world) => {
  const asked = askedCoordinator(world);
  if (asked === undefined) return { steps: [] };
  const { client } = asked;
  const target = asked.view.desired.name;
  const step = (kind: "make-client-role" | "make-client-database", reason: string): Step => ({
    action: { kind, target },
    reason,
    disturbance: "none",
  });
  const role = client.role ? "its password is not the Secret's" : "it does not exist";
  return {
    steps: [
      ...(client.role && client.passwordMatches ? [] : [step("make-client-role", role)]),
      ...(client.database ? [] : [step("make-client-database", "it does not exist")]),
    ],
  };
};
