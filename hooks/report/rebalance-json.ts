import type { RebalancePlan, RebalanceResult } from "../model/rebalance.ts";
import { bytesOfTable, type SpreadTable } from "../model/spread-table.ts";

interface TableJson {
  readonly database: string;
  readonly table: string;
  readonly how: string;
  readonly on: readonly string[];
  readonly lacks: readonly string[];
  /** As the engine last counted them; 0 where it never did. */
  readonly rows: number;
  readonly bytes: number;
  /** Why it is stuck, or left alone. */
  readonly reason?: string;
}

const tableJson = (table: SpreadTable, reason?: string): TableJson => ({
  database: table.database,
  table: table.name,
  how: table.how,
  on: table.on,
  lacks: table.lacks,
  rows: table.rows,
  bytes: bytesOfTable(table),
  ...(reason === undefined ? {} : { reason }),
});

interface PlanJson {
  readonly tables: readonly TableJson[];
  readonly leftAlone: readonly TableJson[];
  readonly leftOut: readonly string[];
}

/** For --dry-run. */
export const planJson = ({ todo, leftAlone }: RebalancePlan, leftOut: readonly string[]): PlanJson => ({
  tables: todo.map((table) => tableJson(table)),
  leftAlone: leftAlone.map(({ table, reason }) => tableJson(table, reason)),
  leftOut,
});

interface ResultJson {
  readonly end: RebalanceResult["end"];
  readonly moved: number;
  readonly rows: number;
  readonly bytes: number;
  readonly stuck: readonly TableJson[];
  readonly leftAlone: readonly TableJson[];
  readonly leftOut: readonly string[];
  readonly remaining?: readonly TableJson[];
}

export const resultJson = (result: RebalanceResult): ResultJson => ({
  end: result.end,
  moved: result.moved,
  rows: result.rows,
  bytes: result.bytes,
  stuck: result.stuck.map(({ table, failure }) => tableJson(table, failure.facts.what)),
  leftAlone: result.leftAlone.map(({ table, reason }) => tableJson(table, reason)),
  leftOut: result.leftOut,
  ...("remaining" in result ? { remaining: result.remaining.map((table) => tableJson(table)) } : {}),
});
