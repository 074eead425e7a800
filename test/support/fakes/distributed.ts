import { isDatanode, type Live } from "./network.ts";
import type { Replicated } from "./pod.ts";
import type { World } from "./world.ts";

/** DDL begun on one node; a coordinator spreads it to every other node of its list, anybody else keeps it. Returns why it failed. */
export function spread(world: World, at: Live, change: (data: Replicated) => void): string | undefined {
  const { network } = world;
  const everybody = (): boolean => true;
  const coordinator = /^cn_/.test(at.disk.name);
  const why = coordinator ? network.whyNoDistributedCommit(at, everybody) : network.whyNoCommit(at);
  if (why !== undefined) return why;
  const partners = coordinator ? network.partners(at, everybody) : [];
  for (const { disk } of [at, ...(typeof partners === "string" ? [] : partners)]) change(disk.data);
  network.settle();
  return undefined;
}

export const createRole = (world: World, at: Live, role: string, password: string): string | undefined =>
  spread(world, at, ({ roles }) => roles.set(role, password));

/** Rows that hash over the datanodes this coordinator knows. Returns why it failed. */
export function insertRows(world: World, coordinator: Live, count: number): string | undefined {
  const { network } = world;
  const why = network.whyNoDistributedCommit(coordinator, isDatanode);
  if (why !== undefined) return why;
  const datanodes = network.partners(coordinator, isDatanode);
  if (typeof datanodes === "string") return datanodes;
  if (datanodes.length === 0) return "no datanode is known";
  datanodes.forEach(({ disk }, index) => {
    disk.data.rows += Math.floor((count + index) / datanodes.length);
  });
  network.settle();
  return undefined;
}
