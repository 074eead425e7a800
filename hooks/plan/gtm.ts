import type { GtmAddress, Step } from "../model/action.ts";
import type { Concern } from "./concern.ts";
import { commitsPass, gtmMaster, type NodeView, type World } from "./world.ts";

/** Where nodes have to ask for transactions now; undefined while gc's pod is away. */
export function gtmAddress(world: World): GtmAddress | undefined {
  const gtm = gtmMaster(world);
  return gtm?.address === undefined ? undefined : { host: gtm.address, port: gtm.desired.port };
}

function planNode(view: NodeView, gtm: GtmAddress, gtmServes: boolean): Step[] {
  const told = view.running?.gtm;
  if (told === undefined || view.row === undefined) return [];
  const target = view.desired.name;
  if (told.host !== gtm.host || told.port !== gtm.port) {
    const reason = `it was told ${told.host}:${told.port}, the gtm is at ${gtm.host}:${gtm.port}`;
    return [
      {
        action: { kind: "repoint-gtm", target, ...gtm },
        reason,
        disturbance: "sessions waiting for the gtm go on",
      },
    ];
  }
  if (view.running?.waitsForGtm !== true || !gtmServes) return [];
  return [
    {
      action: { kind: "reconnect-gtm", target, as: view.row.kind },
      reason: "it was told the gtm's address, and its transactions still wait for the gtm",
      disturbance: "if it does not come round by itself, its sessions end: it is restarted",
    },
  ];
}

/**
 * agtm_host of coordinators, datanodes and their standbys: with a stale one every statement outside template1 hangs for a minute, and a receiver that sits in
 * a connect to an address no pod has any more hears of no reload for two. Nobody is woken while the gtm's commits wait for its own standby: a node that seems to
 * wait for the gtm may only wait for that, and would be restarted in vain, again and again.
 */
export const planGtmAddress: Concern = (world) => {
  const gtm = gtmAddress(world);
  if (gtm === undefined) return { steps: [] };
  const gtmServes = commitsPass(world, gtmMaster(world));
  return { steps: world.nodes.flatMap((view) => planNode(view, gtm, gtmServes)) };
};
