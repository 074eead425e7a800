import { Failure, toFailure } from "../model/failure.ts";
import type { RebalanceStep, StuckTable } from "../model/rebalance.ts";
import { bytesOfTable, nameOfTable, type SpreadTable } from "../model/spread-table.ts";
import type { Bounds } from "../ports/manager.ts";
import { lacksOfRoom, lackText, roomNeeded } from "../plan/table-room.ts";
import type { Ground } from "./ground.ts";
import type { RunPorts } from "./ports.ts";
import { inTurn, moveMs } from "./tables-in-turn.ts";

const roomMs = 20_000;
/** A table that others hold, or whose move was cut off, is come back to so often. */
const mostTries = 5;
const tellMs = 30_000;
/** APPEND tries for its lock every 0.1 s and gives up after a minute: between two tables it gets it. */
const breathMs = 250;

/** The part of a run that a round looks at and adds to. */
export interface RoundRun {
  readonly ports: Pick<RunPorts, "spreader" | "clock">;
  readonly watcher: {
    moving(step: RebalanceStep): void;
    /** Told now and then while a move takes its time. */
    still(step: RebalanceStep, elapsedMs: number): void;
    moved(step: RebalanceStep, rows: number, durationMs: number): void;
    failed(step: RebalanceStep, failure: Failure, again: boolean): void;
  };
  readonly signal: AbortSignal;
  readonly totals: { moved: number; rows: number; bytes: number };
  readonly tries: Map<string, number>;
  readonly stuck: Map<string, StuckTable>;
  /** The table whose move was begun and not heard to have ended. */
  inHand: SpreadTable | undefined;
}

/** What a round came to. `trouble` ended it early: the world has to be looked at again. */
export interface Round {
  readonly moved: number;
  /** Left for good in this run. */
  readonly given: number;
  /** To be come back to. */
  readonly later: number;
  readonly trouble?: Failure;
}

/** @throws Failure (terminal) with the figures when a volume lacks room */
async function checkRoom({ ports, signal }: RoundRun, ground: Ground, table: SpreadTable): Promise<void> {
  const bounds: Bounds = { timeoutMs: roomMs, signal };
  const nodes = ground.datanodes.flatMap((master) =>
    [master, ...(ground.standbys.get(master.name) ?? [])].map((node) => ({ master: master.name, node })),
  );
  const found = await Promise.all(
    nodes.map(async ({ master, node }) => ({
      ...(await ports.spreader.roomOn(node, bounds)),
      ...{ master, name: node.name },
    })),
  );
  const rooms = Map.groupBy(found, ({ master }) => master);
  const lacks = lacksOfRoom(roomNeeded(table), rooms);
  if (lacks.length === 0) return;
  throw new Failure({
    class: "terminal",
    code: "no-room",
    what: `there is no room to write it anew: ${lackText(lacks)}`,
    object: nameOfTable(table),
    remedy: "make the volumes larger, or drop what is not needed, and run antdb rebalance again",
  });
}

/** A node went away in the middle, which may be told in many ways: all is looked at again, and what is missing waited for. */
const nodeGone: ReadonlySet<string> = new Set(["node-shut-down", "node-crashed"]);

/** What is to become of a table that was not moved. What the engine has to say against it may be about a node that is just going away: it is asked twice. */
function verdictOn(run: RoundRun, table: SpreadTable, { facts }: Failure): "stop" | "again" | "never" {
  const tries = (run.tries.get(nameOfTable(table)) ?? 0) + (facts.class === "wait" ? 0 : 1);
  run.tries.set(nameOfTable(table), tries);
  if (facts.class === "wait") return "stop";
  if (facts.class === "terminal" || facts.class === "bug") return "never";
  const most = facts.code === "node-error" ? 2 : mostTries;
  if (tries >= most) return "never";
  return facts.class === "unknown-outcome" || nodeGone.has(facts.code) ? "stop" : "again";
}

/** Moves each of these tables that lets itself be moved. */
export async function moveRound(
  run: RoundRun,
  ground: Ground,
  tables: readonly SpreadTable[],
): Promise<Round> {
  const { ports, watcher, signal, totals, stuck } = run;
  const result = { moved: 0, given: 0, later: 0 };
  const before = totals.moved + stuck.size;
  for (const step of inTurn(tables, bytesOfTable, before)) {
    const { table } = step;
    signal.throwIfAborted();
    run.inHand = table;
    const startedMs = ports.clock.nowMs();
    try {
      await checkRoom(run, ground, table);
      if (!run.tries.has(nameOfTable(table))) watcher.moving(step);
      const rows = await telling(run, step, extendTable(run, ground, table));
      watcher.moved(step, rows, Math.round(ports.clock.nowMs() - startedMs));
      result.moved += 1;
    } catch (error) {
      signal.throwIfAborted();
      const failure = toFailure(error, nameOfTable(table));
      const verdict = verdictOn(run, table, failure);
      if (verdict === "stop") return { ...result, trouble: failure };
      watcher.failed(step, failure, verdict === "again");
      if (verdict === "never") stuck.set(nameOfTable(table), { table, failure });
      result[verdict === "never" ? "given" : "later"] += 1;
    }
    run.inHand = undefined;
    await ports.clock.sleep(breathMs, signal);
  }
  return result;
}

/** Says that it still goes on, so that nobody takes a long move for one that hangs. */
async function telling<T>(run: RoundRun, step: RebalanceStep, work: Promise<T>): Promise<T> {
  const { clock } = run.ports;
  const over = new AbortController();
  const beganMs = clock.nowMs();
  const tell = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(tellMs, over.signal);
      run.watcher.still(step, clock.nowMs() - beganMs);
    }
  };
  tell().catch(() => undefined);
  return work.finally(() => over.abort());
}

async function extendTable(run: RoundRun, ground: Ground, table: SpreadTable): Promise<number> {
  const { ports, signal, totals } = run;
  const where = { coordinator: ground.coordinators[0], onto: ground.datanodes.map(({ name }) => name) };
  const rows = await ports.spreader.extend(table, where, { timeoutMs: moveMs, signal });
  totals.moved += 1;
  totals.rows += rows;
  totals.bytes += bytesOfTable(table);
  return rows;
}
