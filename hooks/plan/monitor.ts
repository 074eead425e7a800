import type { Step } from "../model/action.ts";
import type { RoleState } from "../model/snapshot.ts";
import type { Concern } from "./concern.ts";
import { spreadingCoordinator } from "./spreading.ts";
import type { World } from "./world.ts";

const reasons: Readonly<Record<Exclude<RoleState, "right">, string>> = {
  absent: "it does not exist",
  "other-password": "its password is not the Secret's",
  "other-rights": "its rights are not those of a monitoring role",
};

const step = (action: Step["action"], state: Exclude<RoleState, "right">): Step => ({
  action,
  reason: reasons[state],
  disturbance: "none",
});

function throughCoordinator(world: World): readonly Step[] {
  const view = spreadingCoordinator(world);
  const state = world.initialised ? view?.running?.monitor : "absent";
  if (view === undefined || state === undefined || state === "right") return [];
  return [step({ kind: "make-monitor-role", target: view.desired.name }, state)];
}

function onManager({ manager: { monitor } }: World): readonly Step[] {
  if (monitor === undefined || monitor === "right") return [];
  return [step({ kind: "make-manager-monitor-role", target: "manager" }, monitor)];
}

/** The exporters' role: on the nodes through one coordinator, standbys receive it from their masters; on the manager, which is no node, by itself. */
export const planMonitor: Concern = (world) =>
  world.topology.monitored ? { steps: [...onManager(world), ...throughCoordinator(world)] } : { steps: [] };
