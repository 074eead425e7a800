import type { Step } from "../model/action.ts";
import type { RunningNode } from "../model/snapshot.ts";
import type { ManagerNode, RunningNode } from "../model/snapshot.ts";
import type { Concern } from "./concern.ts";
import type { NodeView, World } from "./world.ts";

type Located = NodeView & { readonly address: string };
const isLocated = (view: NodeView | undefined): view is Located => view?.address !== undefined;

const masterOf = (world: World, view: NodeView): NodeView | undefined =>
  view.row?.master === undefined ? undefined : world.byName.get(view.row.master);

/** Why it has to be pointed at its master anew; undefined when it follows it, or has none. */
function whyRepoint({ primary, primaryPending }: RunningNode, master: Located): string | undefined {
  if (primary === undefined) return undefined;
  if (primary.host !== master.address || primary.port !== master.desired.port)
    return `it follows ${primary.host}:${primary.port}, its master ${master.desired.name} is at ${master.address}:${master.desired.port}`;
  return primaryPending === true
    ? `it was pointed at ${primary.host}:${primary.port} and not restarted since, so it still follows the address before`
    : undefined;
}

interface Pair {
  readonly view: NodeView;
  readonly row: ManagerNode;
  readonly running: RunningNode;
  readonly master: NodeView;
  readonly masterAddress: string;
}

/** A standby that answers, beside its master with a live pod: what can be compared. */
function pairOf(world: World, view: NodeView): Pair | undefined {
  const { row, running } = view;
  const master = masterOf(world, view);
  if (!view.member || row === undefined || running === undefined || master?.address === undefined)
    return undefined;
  return { view, row, running, master, masterAddress: master.address };
}

function repoint({ view, row, running, master, masterAddress }: Pair): Step[] {
  const port = master.desired.port;
  const { primary } = running;
  if (primary === undefined || (primary.host === masterAddress && primary.port === port)) return [];
  const follows = `${primary.host}:${primary.port}`;
  return [
    {
      action: {
        kind: "repoint-standby",
        target: view.desired.name,
        as: row.kind,
        master: master.desired.name,
        host: masterAddress,
        port,
      },
      reason: `it follows ${follows}, its master ${master.desired.name} is at ${masterAddress}:${port}`,
      disturbance: "this standby restarts; no other node does",
    },
  ];
}

function awaitStreaming({ view, master }: Pair): Step[] {
  const seen = master.running?.standbys.find((standby) => standby.name === view.desired.name);
  if (master.running === undefined || seen?.state === "streaming") return [];
  return [
    {
      action: { kind: "wait", target: view.desired.name, for: `it to stream from ${master.desired.name}` },
      reason: seen === undefined ? "its master does not list it" : `its master lists it as ${seen.state}`,
      disturbance: "commits on its master wait for it while it is synchronous",
    },
  ];
}

function planStandby(world: World, view: NodeView): Step[] {
  const pair = pairOf(world, view);
  if (pair === undefined) return [];
  const steps = repoint(pair);
  return steps.length > 0 ? steps : awaitStreaming(pair);
}

/** Standbys that follow an address their master no longer has, and those not streaming yet. */
export const planStandbys: Concern = (world) => ({
  steps: world.nodes
    .filter((view) => view.row?.master !== undefined)
    .flatMap((view) => planStandby(world, view)),
});
