import type { Step } from "../model/action.ts";
import type { Concern } from "./concern.ts";
import { gtmMaster } from "./world.ts";

/**
 * agtm_host of every node, the gtm nodes too: with a stale one every statement outside template1 hangs for a minute. FLUSH HOST would leave gc and gcs out
 * (manager reference §4.3).
 */
export const planGtmAddress: Concern = (world) => {
  const gtm = gtmMaster(world);
  const host = gtm?.address;
  if (gtm === undefined || host === undefined) return { steps: [] };
  const port = gtm.desired.port;
  const steps = world.nodes.flatMap((view): Step[] => {
    const told = view.running?.gtm;
    if (told === undefined) return [];
    if (told.host === host && told.port === port) return [];
    return [
      {
        action: { kind: "repoint-gtm", target: view.desired.name, host, port },
        reason: `it was told ${told.host}:${told.port}, the gtm is at ${host}:${port}`,
        disturbance: "sessions waiting for the gtm go on",
      },
    ];
  });
  return { steps };
};
