import { Failure } from "../../../hooks/model/failure.ts";
import type { NodeRoom, SpreadTable, Spreading } from "../../../hooks/model/spread-table.ts";
import type { NodeAddress } from "../../../hooks/ports/node.ts";
import type { Spreader } from "../../../hooks/ports/spreader.ts";
import { isDatanode, type Live } from "./network.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** A table of a user's: which datanodes list it, and how many of its rows each has. */
export interface FakeTable {
  readonly database: string;
  readonly name: string;
  readonly how: Spreading;
  readonly rows: Map<string, number>;
  /** What the next moves of it come to; then it goes through. */
  readonly troubles: Failure[];
  /** How long its move takes. */
  moveMs: number;
  /** Whose transaction holds it: a mover's that was killed goes on, and commits nothing. */
  heldBy: Process | undefined;
}

const rowBytes = 1000;
const much: NodeRoom = { dataFreeBytes: 1024 ** 4 };

/** Rows as they lie on the datanodes there are now. */
export function makeTable(
  world: World,
  name: string,
  given: { readonly rows: number; readonly on: readonly string[]; readonly how?: Spreading },
): FakeTable {
  const { how = "hash", on, rows } = given;
  const share = how === "replicated" ? rows : rows / on.length;
  const table = {
    ...{ database: "app", name, how, moveMs: 500, troubles: [], heldBy: undefined },
    rows: new Map(on.map((node) => [node, share])),
  };
  world.tables.push(table);
  return table;
}

/** What a client counts. */
export function countRows({ how, rows }: Pick<FakeTable, "how" | "rows">): number {
  const counts = [...rows.values()];
  return how === "replicated" ? Math.max(...counts) : counts.reduce((sum, count) => sum + count, 0);
}

const asSeen = ({ database, name, how, rows }: FakeTable, datanodes: readonly string[]): SpreadTable => ({
  ...{ database, name, how, unlogged: false, on: [...rows.keys()] },
  lacks: datanodes.filter((node) => !rows.has(node)),
  rows: countRows({ how, rows }),
  shares: new Map([...rows].map(([node, count]) => [node, { heapBytes: count * rowBytes, indexBytes: 0 }])),
});

export function makeFakeSpreader(
  world: World,
  process: Process,
  rooms: ReadonlyMap<string, NodeRoom> = new Map(),
): Spreader {
  const at = (node: NodeAddress): Live => {
    const live = world.network.liveAt({ host: node.address, port: node.port });
    if (live?.disk.name === node.name) return live;
    throw new Failure({ class: "wait", code: "node-down", what: "nothing listens", object: node.name });
  };
  return {
    tablesLacking: ({ coordinator, datanodes }, { signal }) =>
      process.reads(async () => {
        await world.clock.sleep(20, signal);
        for (const node of [coordinator, ...datanodes]) at(node);
        const names = datanodes.map(({ name }) => name);
        return world.tables.map((table) => asSeen(table, names)).filter(({ lacks }) => lacks.length > 0);
      }),
    extend: ({ name }, { coordinator, onto }, bounds) =>
      process.changesWorld(`extend ${name}`, bounds, async (how) => {
        const table = world.tables.find((one) => one.name === name);
        if (table === undefined) throw new Error(`the world has no table ${name}`);
        const cn = at(coordinator);
        if (table.heldBy !== undefined)
          throw new Failure({ class: "retry", code: "locked", what: "lock timeout", object: name });
        table.heldBy = process;
        const signal = how === undefined ? bounds.signal : undefined;
        await world.clock.sleep(table.moveMs, signal).finally(() => (table.heldBy = undefined));
        const trouble = table.troubles.shift();
        if (trouble !== undefined) throw trouble;
        const why = world.network.whyNoDistributedCommit({ at: cn, user: world.network.osUser }, isDatanode);
        if (why !== undefined || !process.alive)
          throw new Failure({ class: "retry", code: "node-error", what: why ?? "rolled back", object: name });
        return spreadOut(table, onto);
      }),
    endOrphans: (coordinator, bounds) =>
      process.changesWorld(`end orphans on ${coordinator.name}`, bounds, () => {
        at(coordinator);
        const held = world.tables.filter(({ heldBy }) => heldBy !== undefined && heldBy !== process);
        for (const table of held) table.heldBy = undefined;
        return Promise.resolve(held.length);
      }),
    roomOn: (node) =>
      process.reads(() => {
        at(node);
        return Promise.resolve(rooms.get(node.name) ?? much);
      }),
  };
}

function spreadOut(table: FakeTable, onto: readonly string[]): number {
  const count = countRows(table);
  const nodes = [...new Set([...table.rows.keys(), ...onto])];
  nodes.forEach((node, index) =>
    table.rows.set(node, table.how === "replicated" ? count : Math.floor((count + index) / nodes.length)),
  );
  return count;
}
