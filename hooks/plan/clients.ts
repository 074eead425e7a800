import type { Step } from "../model/action.ts";
import type { Concern } from "./concern.ts";
import { spreadingCoordinator } from "./spreading.ts";

const nothingYet = { role: false, passwordMatches: false, database: false };

/** The application's role and database, made through one coordinator, which spreads them. */
export const planClients: Concern = (world) => {
  const view = spreadingCoordinator(world);
  const client = world.initialised ? view?.running?.client : nothingYet;
  if (view === undefined || client === undefined) return { steps: [] };
  const target = view.desired.name;
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
