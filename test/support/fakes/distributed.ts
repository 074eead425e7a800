import { isDatanode, type Session } from "./network.ts";
import type { Replicated } from "./pod.ts";
import type { RoleState } from "../../../hooks/model/snapshot.ts";
import type { World } from "./world.ts";

const everybody = (): boolean => true;

/** DDL begun on one node; a coordinator spreads it to every other node of its list, anybody else keeps it. Returns why it failed. */
export function spread(
  world: World,
  session: Session,
  change: (data: Replicated) => void,
): string | undefined {
  const { network } = world;
  const coordinator = /^cn_/.test(session.at.disk.name);
  const why = coordinator
    ? network.whyNoDistributedCommit(session, everybody)
    : network.whyNoCommit(session.at);
  if (why !== undefined) return why;
  const partners = coordinator ? network.partners(session, everybody) : [];
  for (const { disk } of [session.at, ...(typeof partners === "string" ? [] : partners)]) change(disk.data);
  network.settle();
  return undefined;
}

export const createRole = (
  world: World,
  session: Session,
  role: { readonly name: string; readonly password: string },
): string | undefined => spread(world, session, ({ roles }) => roles.set(role.name, role.password));

/** A role that exists has its rights: the fake knows of passwords alone. */
export const roleState = (stored: string | undefined, wanted: string): RoleState =>
  stored === undefined ? "absent" : stored === wanted ? "right" : "other-password";

/** Rows that hash over the datanodes this coordinator knows. Returns why it failed. */
export function insertRows(world: World, session: Session, count: number): string | undefined {
  const { network } = world;
  const why = network.whyNoDistributedCommit(session, isDatanode);
  if (why !== undefined) return why;
  const datanodes = network.partners(session, isDatanode);
  if (typeof datanodes === "string") return datanodes;
  if (datanodes.length === 0) return "no datanode is known";
  datanodes.forEach(({ disk }, index) => {
    disk.data.rows += Math.floor((count + index) / datanodes.length);
  });
  network.settle();
  return undefined;
}
