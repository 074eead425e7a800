import type { Step } from "../model/action.ts";
import { badParameters } from "./bad-parameters.ts";
import type { Concern } from "./concern.ts";
import { isLost } from "./lost.ts";
import { parkedAddress } from "./parked.ts";
import type { NodeView, World } from "./world.ts";

/** Nodes that are to leave are spoken to until they are out. */
const everybody = ({ nodes, leaving }: World): readonly NodeView[] => [...nodes, ...leaving];

/** ADD HOST for new pods, ALTER HOST for moved ones. The manager knows pods by address only, and pods change theirs. */
export const planHosts: Concern = (world) => {
  if (isLost(world)) return { steps: [] };
  const held = badParameters(world).length > 0;
  const taken = new Map(
    everybody(world).flatMap((view) => (view.address === undefined ? [] : [[view.address, view] as const])),
  );
  const steps = everybody(world).flatMap((view): Step[] => {
    const target = view.desired.name;
    if (view.address === undefined) {
      const holder = view.hostAddress === undefined ? undefined : taken.get(view.hostAddress);
      if (holder === undefined || view.hostAddress === undefined) return [];
      return [
        {
          action: { kind: "alter-host", target, from: view.hostAddress, address: parkedAddress(world, view) },
          reason: `its pod is away and ${holder.desired.name}'s pod has its old address now`,
          disturbance: "none",
        },
      ];
    }
    if (view.hostAddress === undefined) {
      if (held || world.leaving.includes(view)) return [];
      const reason = "the manager does not know this host";
      return [{ action: { kind: "add-host", target, address: view.address }, reason, disturbance: "none" }];
    }
    if (view.hostAddress === view.address) return [];
    return [
      {
        action: { kind: "alter-host", target, from: view.hostAddress, address: view.address },
        reason: `the pod moved from ${view.hostAddress} to ${view.address}`,
        disturbance: "none",
      },
    ];
  });
  return { steps };
};
