import type { Concern } from "./concern.ts";
import { runningCoordinators } from "./world.ts";

/** The application's role and database, made through one coordinator, which spreads them. */
export const planClients: Concern = (world) => {
  const coordinator = world.initialised
    ? runningCoordinators(world)[0]
    : world.nodes.find((view) => view.desired.role === "cn" && view.agentUp);
  if (coordinator === undefined) return { steps: [] };
  const target = coordinator.desired.name;
  const client = coordinator.running?.client ?? { role: false, passwordMatches: false, database: false };
  if (world.initialised && coordinator.running?.client === undefined) return { steps: [] };
  const roleReason = client.role ? "its password is not the Secret's" : "it does not exist";
  return {
    steps: [
      ...(client.role && client.passwordMatches
        ? []
        : [
            {
              action: { kind: "make-client-role", target } as const,
              reason: roleReason,
              disturbance: "none",
            },
          ]),
      ...(client.database
        ? []
        : [
            {
              action: { kind: "make-client-database", target } as const,
              reason: "it does not exist",
              disturbance: "none",
            },
          ]),
    ],
  };
};
