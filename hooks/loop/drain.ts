import { Failure, isFailure, toFailure } from "../model/failure.ts";
import type { PlacedTable } from "../model/placed-table.ts";
import type { ManagerNode, Snapshot } from "../model/snapshot.ts";
import type { TableStep } from "../model/table-step.ts";
import type { Topology } from "../model/topology.ts";
import { gatherSnapshot } from "../observed/gather.ts";
import type { Bounds } from "../ports/manager.ts";
import type { NodeAddress } from "../ports/node.ts";
import { addressOf, coordinatorsOf, membersOf, podUidOf } from "./ground.ts";
import { lookTimeoutMs, type RunPorts } from "./ports.ts";
import { inTurn, moveMs } from "./tables-in-turn.ts";

const lookMs = 60_000;
/** Tables made while others were moved, and those that were locked, are come back to so often. */
const rounds = 5;

export type DrainStep = TableStep<PlacedTable>;

/** Told of what goes on, for people to watch. */
export interface DrainWatcher {
  begin(datanode: string, tables: readonly PlacedTable[]): void;
  moved(step: DrainStep, rows: number, durationMs: number): void;
  failed(step: DrainStep, failure: Failure): void;
}

export interface DrainResult {
  readonly datanode: string;
  readonly moved: number;
  readonly rows: number;
  /** What is still on it, with the reason each. */
  readonly stuck: readonly { readonly table: PlacedTable; readonly failure: Failure }[];
}

interface Places {
  readonly coordinator: NodeAddress;
  readonly datanode: NodeAddress;
}

const refuse = (code: string, what: string, object: string, remedy: string): never => {
  throw new Failure({ class: "terminal", code, what, object, remedy });
};

/** The master of the pair that is meant: after a failover that is not the node it is named after. */
function masterOf(snapshot: Snapshot, name: string): ManagerNode {
  const rows = membersOf(snapshot);
  const named = rows.find((row) => row.name === name);
  const master = named?.master === undefined ? named : rows.find((row) => row.name === named.master);
  if (master?.kind !== "datanode master")
    return refuse("no-datanode", "it is no datanode of this cluster", name, "antdb status lists them");
  const others = rows.filter((row) => row.kind === "datanode master" && row.name !== master.name);
  if (others.length === 0)
    return refuse(
      "last-datanode",
      "it is the last datanode: its rows have nowhere to go",
      name,
      "add datanodes first",
    );
  return master;
}

function placesOf(topology: Topology, snapshot: Snapshot, master: ManagerNode): Places {
  const [coordinator] = coordinatorsOf(topology, snapshot);
  const datanode = addressOf(topology, snapshot, master.name, master.port);
  if (datanode !== undefined) return { coordinator, datanode };
  const remedy = "antdb status";
  throw new Failure({
    class: "wait",
    code: "node-down",
    what: "does not answer",
    object: master.name,
    remedy,
  });
}

type Ports = Pick<
  RunPorts,
  "kube" | "managers" | "nodes" | "placement" | "hold" | "keeper" | "mover" | "log" | "clock"
>;

/** Moves every table off one datanode, one at a time, each in a transaction of its own: it can be stopped and run again at any moment. */
export async function drain(
  topology: Topology,
  ports: Ports,
  request: { readonly node: string; readonly stop: AbortSignal },
  watcher: DrainWatcher,
): Promise<DrainResult> {
  const taken = await ports.mover.take(`antdb drain ${request.node}`, { signal: request.stop });
  if ("held" in taken) {
    const what = `${taken.held.doing} runs already, as ${taken.held.by}`;
    const remedy = "wait for it, or antdb rebalance --stop";
    throw new Failure({ class: "retry", code: "mover-held", what, object: "tables", remedy });
  }
  const { token } = taken;
  const signal = AbortSignal.any([request.stop, token.stop, token.lost]);
  try {
    return await drainAll(topology, ports, { node: request.node, signal }, watcher);
  } catch (error) {
    const object = request.node;
    if (token.stop.aborted)
      throw new Failure({ class: "retry", code: "stopped", what: "stopped as asked", object });
    throw error;
  } finally {
    await token.release();
  }
}

async function drainAll(
  topology: Topology,
  ports: Ports,
  { node, signal }: { readonly node: string; readonly signal: AbortSignal },
  watcher: DrainWatcher,
): Promise<DrainResult> {
  const snapshot = await gatherSnapshot(topology, ports, { signal, lookTimeoutMs });
  const places = placesOf(topology, snapshot, masterOf(snapshot, node));
  await noteDrained(topology, ports, snapshot, { datanode: places.datanode.name, signal });
  const total = { datanode: places.datanode.name, moved: 0, rows: 0 };
  let stuck: DrainResult["stuck"] = [];
  for (let round = 0; round < rounds; round += 1) {
    const bounds = { timeoutMs: lookMs, signal };
    const all = await ports.placement.tablesOn(places, bounds);
    const tables = all.filter(({ child }) => !child);
    // A child that lies there without its parent: named, since nothing of ours can move it.
    if (tables.length === 0)
      return { ...total, stuck: all.map((table) => ({ table, failure: orphan(table) })) };
    watcher.begin(places.datanode.name, tables);
    const done = await moveRound(ports, places, tables, { watcher, signal });
    total.moved += done.moved;
    total.rows += done.rows;
    stuck = done.stuck;
    if (done.moved === 0) return { ...total, stuck };
  }
  return { ...total, stuck };
}

/** So that no rebalance moves back what is moved off. */
async function noteDrained(
  topology: Topology,
  { mover }: Ports,
  snapshot: Snapshot,
  { datanode, signal }: { readonly datanode: string; readonly signal: AbortSignal },
): Promise<void> {
  const podUid = podUidOf(topology, snapshot, datanode);
  if (podUid === undefined) return;
  const others = (await mover.readDrained(signal)).filter((entry) => entry.datanode !== datanode);
  await mover.noteDrained([...others, { datanode, podUid }], signal);
}

const orphan = ({ database, name }: PlacedTable): Failure =>
  new Failure({
    class: "terminal",
    code: "orphan",
    what: "its parent lies elsewhere",
    object: `${database}: ${name}`,
  });

async function moveRound(
  { placement, clock }: Pick<RunPorts, "placement" | "clock">,
  places: Places,
  tables: readonly PlacedTable[],
  { watcher, signal }: { readonly watcher: DrainWatcher; readonly signal: AbortSignal },
): Promise<Pick<DrainResult, "moved" | "rows" | "stuck">> {
  const bounds: Bounds = { timeoutMs: moveMs, signal };
  const stuck: { table: PlacedTable; failure: Failure }[] = [];
  let rows = 0;
  // Small ones first: they are gone soon, and what is wrong with one shows early.
  const ordered = tables.toSorted((one, other) => one.bytes - other.bytes);
  for (const step of inTurn(ordered, ({ bytes }) => bytes)) {
    const { table } = step;
    signal.throwIfAborted();
    const startedMs = clock.nowMs();
    try {
      const count = await placement.moveOff(table, places, bounds);
      rows += count;
      watcher.moved(step, count, Math.round(clock.nowMs() - startedMs));
    } catch (error) {
      signal.throwIfAborted();
      const failure = isFailure(error) ? error : toFailure(error, table.name);
      if (failure.facts.class === "wait") throw failure;
      stuck.push({ table, failure });
      watcher.failed(step, failure);
    }
  }
  return { moved: tables.length - stuck.length, rows, stuck };
}
