import type { Failure } from "../model/failure.ts";
import type { PlacedTable } from "../model/placed-table.ts";
import { bytesText } from "../kit/bytes.ts";

const nameOf = ({ database, name }: PlacedTable): string => `${database}: ${name}`;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** What a drain is about to do, and what it needs. */
export function drainHead(datanode: string, tables: readonly PlacedTable[]): string {
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  const biggest = Math.max(0, ...tables.map((table) => table.bytes));
  return (
    `${datanode}: ${tables.length} tables, ${bytesText(bytes)} here. Each is written anew on the other datanodes: beside what they take in (${bytesText(bytes)} in all) ` +
    `they need room for a second copy of the biggest (its share here is ${bytesText(biggest)}). A table can't be read or written while it is moved.\n`
  );
}

interface Step {
  readonly table: PlacedTable;
  readonly index: number;
  readonly of: number;
  readonly bytesLeft: number;
}

export const drainMoved = ({ table, index, of, bytesLeft }: Step, rows: number, ms: number): string =>
  `${index}/${of} ${nameOf(table)}: ${rows} rows before and after, ${bytesText(table.bytes)} moved in ${seconds(ms)}, ${bytesText(bytesLeft)} to go\n`;

export const drainFailed = ({ table, index, of }: Step, { facts }: Failure): string =>
  `${index}/${of} ${nameOf(table)}: stays: ${facts.what}\n`;

/** The last line. */
export function drainLine({
  datanode,
  moved,
  rows,
  stuck,
}: {
  readonly datanode: string;
  readonly moved: number;
  readonly rows: number;
  readonly stuck: readonly { readonly table: PlacedTable; readonly failure: Failure }[];
}): string {
  const done = moved === 0 ? "nothing to move" : `${moved} tables moved, ${rows} rows in them`;
  if (stuck.length === 0)
    return `drain: ${datanode} holds no table (${done}). New tables still land on it: take it out soon by helm upgrade with fewer dn.replicas`;
  const [first] = stuck;
  const others = stuck.length > 1 ? ` (and ${stuck.length - 1} more)` : "";
  return (
    `drain: ${done}, ${stuck.length} left on ${datanode}: ${first === undefined ? "" : `${nameOf(first.table)}: ${first.failure.facts.what}`}${others}. ` +
    "Next: end what locks it, or rename or drop it, and run antdb drain again; what is moved stays moved"
  );
}
