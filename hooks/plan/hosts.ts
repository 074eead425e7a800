import type { Step } from "../model/action.ts";
import type { Concern } from "./concern.ts";
import type { NodeView, World } from "./world.ts";

/**
 * An address nobody else can have, for a host whose pod is away while its old address belongs to another pod by now. Loopback, so that the manager's
 * connect is refused at once: an address that no pod has swallows each connect for 127 s (manager reference §1.4).
 */
const parkedAddress = (world: World, view: NodeView): string =>
  `127.255.255.${world.nodes.indexOf(view) + 1}`;

/** ADD HOST for new pods, ALTER HOST for moved ones. The manager knows pods by address only, and pods change theirs. */
export const planHosts: Concern = (world) => {
  const taken = new Map(
    world.nodes.flatMap((view) => (view.address === undefined ? [] : [[view.address, view] as const])),
  );
  const steps = world.nodes.flatMap((view): Step[] => {
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
