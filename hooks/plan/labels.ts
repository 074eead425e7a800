import type { PodState, Step } from "../model/action.ts";
import { isStandbyKind } from "../model/role.ts";
import { hasRightCatalog } from "./catalog.ts";
import type { Concern } from "./concern.ts";
import { isLost } from "./lost.ts";
import { masterOf, streams, type NodeView, type World } from "./world.ts";

/** A standby is one while it follows; when its master is away nobody can tell, and it is believed. */
const follows = (world: World, view: NodeView): boolean =>
  masterOf(world, view)?.running === undefined || streams(world, view);

/** What a member that answers is; undefined for all that are no members, do not answer, or are not what the manager says. */
function stateOf(world: World, view: NodeView): PodState | undefined {
  const { row, running, member } = view;
  if (!member || row === undefined || running === undefined) return undefined;
  if (isStandbyKind(row.kind)) return running.inRecovery && follows(world, view) ? "slave" : undefined;
  if (running.inRecovery) return undefined;
  return row.kind === "coordinator master" ? "coordinator" : "master";
}

/** Transactions come through it: it reaches its gtm, finds every node, and has what clients log in with. */
function servesClients(world: World, view: NodeView): boolean {
  const { waitsForGtm, client } = view.running ?? {};
  const known = client === undefined || (client.role && client.database);
  return waitsForGtm !== true && known && hasRightCatalog(world, view);
}

/**
 * A coordinator is put among those that clients are led to when it serves them. One that no longer does is taken out as long as another serves; the last ones
 * stay: a session that waits for the repair is better off than one that is refused.
 */
function wantedState(world: World, view: NodeView): PodState | undefined {
  const state = stateOf(world, view);
  if (state !== "coordinator") return view.running?.waitsForGtm === true ? undefined : state;
  if (servesClients(world, view)) return state;
  const others = world.nodes.filter((other) => other !== view && stateOf(world, other) === "coordinator");
  const stays = view.pod?.state === state && !others.some((other) => servesClients(world, other));
  return stays ? state : undefined;
}

function planNode(world: World, view: NodeView): Step[] {
  const { pod, desired } = view;
  // An ending pod gets no traffic any more, and its successor has no label.
  if (pod === undefined || pod.terminating) return [];
  const state = wantedState(world, view);
  if (state === pod.state) return [];
  const on = { target: desired.name, pod: pod.name, uid: pod.uid };
  if (state !== undefined) {
    const reason = `it is a healthy ${state}, its pod ${pod.state === undefined ? "has no state" : `says ${pod.state}`}`;
    return [{ action: { kind: "label-pod", ...on, state }, reason, disturbance: "none" }];
  }
  const reason = `its pod says ${pod.state ?? ""}, which it is not at the moment`;
  const disturbance = desired.role === "cn" ? "new sessions are led to other coordinators" : "none";
  return [{ action: { kind: "withdraw-pod", ...on }, reason, disturbance }];
}

/**
 * The label antdb.io/state of every pod, by which client Services choose: right where the node is well, gone where it is not. A manager that has lost its catalog tells
 * nothing of nodes: until it is rebuilt clients stay where they are.
 */
export const planLabels: Concern = (world) => ({
  steps: isLost(world) ? [] : world.nodes.flatMap((view) => planNode(world, view)),
});

/** A node that is to be taken out gets no new client from now on. */
export const planLeavingLabels: Concern = (world) => ({
  steps: world.leaving.flatMap(({ desired, pod }): Step[] => {
    if (pod?.state === undefined || pod.terminating) return [];
    const action = { kind: "withdraw-pod", target: desired.name, pod: pod.name, uid: pod.uid } as const;
    const disturbance = desired.role === "cn" ? "new sessions are led to other coordinators" : "none";
    return [{ action, reason: "the values no longer ask for it", disturbance }];
  }),
});
