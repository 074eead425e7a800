import type { Step } from "../model/action.ts";
import type { ManagerNode, RunningNode } from "../model/snapshot.ts";
import type { Concern } from "./concern.ts";
import { masterOf, streams, type NodeView, type World } from "./world.ts";

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

/** Why it has to be pointed at its master anew; undefined when it follows it, or follows nobody. */
function whyRepoint({ running, master, masterAddress }: Pair): string | undefined {
  const { primary, primaryPending } = running;
  const { name, port } = master.desired;
  if (primary === undefined) return undefined;
  const follows = `${primary.host}:${primary.port}`;
  if (follows !== `${masterAddress}:${port}`)
    return `it follows ${follows}, its master ${name} is at ${masterAddress}:${port}`;
  return primaryPending === true
    ? `it was pointed at ${follows} and not restarted since, so it still follows the address before`
    : undefined;
}

function repoint(pair: Pair): Step[] {
  const reason = whyRepoint(pair);
  if (reason === undefined) return [];
  const { name: master, port } = pair.master.desired;
  const { view, row, masterAddress: host } = pair;
  return [
    {
      action: { kind: "repoint-standby", target: view.desired.name, as: row.kind, master, host, port },
      reason,
      disturbance: "this standby restarts; no other node does",
    },
  ];
}

function awaitStreaming(world: World, { view, master }: Pair): Step[] {
  if (master.running === undefined || streams(world, view)) return [];
  const seen = master.running.standbys.find((standby) => standby.name === view.desired.name);
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
  return steps.length > 0 ? steps : awaitStreaming(world, pair);
}

/** Standbys that follow an address their master no longer has, and those not streaming yet. */
export const planStandbys: Concern = (world) => ({
  steps: world.nodes
    .filter((view) => view.row?.master !== undefined)
    .flatMap((view) => planStandby(world, view)),
});
