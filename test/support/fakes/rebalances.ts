import { rebalance, type RebalanceRequest } from "../../../hooks/loop/rebalance.ts";
import { Failure } from "../../../hooks/model/failure.ts";
import type { RebalanceResult } from "../../../hooks/model/rebalance.ts";
import {
  rebalanceFailed,
  rebalanceHead,
  rebalanceMoved,
  rebalanceMoving,
  rebalanceOrphans,
  rebalanceStill,
  rebalanceWaiting,
} from "../../../hooks/report/rebalance.ts";
import { topologyOf } from "../builders/topology.ts";
import type { FakeTable } from "./fake-spreader.ts";
import { run, startProcess, type Started } from "./runs.ts";
import { World } from "./world.ts";

export const two = topologyOf({ dn: 2 });
export const three = topologyOf({ dn: 3 });
export const forever = new AbortController().signal;
export const choice = { mode: "tables", order: "smallest" } as const;
export const request: RebalanceRequest = { choice, ontoDrained: false, patienceMs: 60_000, stop: forever };
export const old = ["dn_0", "dn_1"];
export const everywhere = ["dn_0", "dn_1", "dn_2"];

/** Three datanodes, the last of which joined after the tables were made. */
export async function grown(): Promise<World> {
  const world = new World(two);
  await run(world, two);
  world.grow(three);
  await run(world, three);
  return world;
}

/** What it printed, and how it ended. */
export async function rebalanced(
  world: World,
  asked: Partial<RebalanceRequest> = {},
  started: Started = startProcess(world),
): Promise<RebalanceResult & { text: string }> {
  let text = "";
  const result = await rebalance(
    three,
    started.ports,
    { ...request, ...asked },
    {
      begin: (plan, { leftOut }) => (text += rebalanceHead(plan, leftOut)),
      moving: (step) => (text += rebalanceMoving(step)),
      still: (...said) => (text += rebalanceStill(...said)),
      moved: (...said) => (text += rebalanceMoved(...said)),
      failed: (...said) => (text += rebalanceFailed(...said)),
      waiting: (failure) => (text += rebalanceWaiting(failure)),
      endedOrphans: (count) => (text += rebalanceOrphans(count)),
    },
  );
  return { ...result, text };
}

export const placesOf = ({ rows }: FakeTable): readonly string[] => [...rows.keys()].toSorted();
export const trouble = (facts: Partial<Failure["facts"]>): Failure =>
  new Failure({ class: "retry", code: "x", what: "no", object: "cn_0", ...facts });
