import type { Step } from "../model/action.ts";
import type { Concern } from "./concern.ts";
import type { NodeView, World } from "./world.ts";

const masterOf = (world: World, view: NodeView): NodeView | undefined =>
  view.row?.master === undefined ? undefined : world.byName.get(view.row.master);

function planStandby(world: World, view: NodeView): Step[] {
  const master = masterOf(world, view);
  const { running, row } = view;
  if (!view.member || running === undefined || row === undefined || master?.address === undefined) return [];
  const { primary } = running;
  const port = master.desired.port;
  if (primary !== undefined && (primary.host !== master.address || primary.port !== port)) {
    return [
      {
        action: {
          kind: "repoint-standby",
          target: view.desired.name,
          as: row.kind,
          master: master.desired.name,
          host: master.address,
          port,
        },
        reason: `it follows ${primary.host}:${primary.port}, its master ${master.desired.name} is at ${master.address}:${port}`,
        disturbance: "this standby restarts; no other node does",
      },
    ];
  }
  const streams = master.running?.standbys.some(
    (standby) => standby.name === view.desired.name && standby.state === "streaming",
  );
  if (master.running === undefined || streams === true) return [];
  return [
    {
      action: { kind: "wait", target: view.desired.name, for: `it to stream from ${master.desired.name}` },
      reason: "its master does not list it as streaming",
      disturbance: "commits on its master wait for it while it is synchronous",
    },
  ];
}

/** Standbys that follow an address their master no longer has, and those not streaming yet. */
export const planStandbys: Concern = (world) => ({
  steps: world.nodes
    .filter((view) => view.row?.master !== undefined)
    .flatMap((view) => planStandby(world, view)),
});
