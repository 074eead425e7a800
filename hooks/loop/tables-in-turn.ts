import type { TableStep } from "../model/table-step.ts";

/** One table may be as large as a disk; its move is one statement. */
export const moveMs = 7 * 24 * 3600 * 1000;

/** @param before how many were dealt with in rounds before this one */
export function* inTurn<Table>(
  tables: readonly Table[],
  bytesOf: (table: Table) => number,
  before = 0,
): Generator<TableStep<Table>, void> {
  let bytesLeft = tables.reduce((sum, table) => sum + bytesOf(table), 0);
  for (const [index, table] of tables.entries()) {
    bytesLeft -= bytesOf(table);
    yield { table, index: before + index + 1, of: before + tables.length, bytesLeft };
  }
}
