import type { Failure } from "./failure.ts";
import type { SpreadTable } from "./spread-table.ts";
import type { TableStep } from "./table-step.ts";

/** Who moves tables now, and what for: `antdb rebalance`, `antdb drain dn_3`. */
export interface Moving {
  readonly by: string;
  readonly doing: string;
}

/** A datanode that a drain emptied. It is that one only while its pod is the same: one that left and came back is to have rows again. */
export interface Drained {
  readonly datanode: string;
  readonly podUid: string;
}

export interface LeftTable {
  readonly table: SpreadTable;
  readonly reason: string;
}

export interface RebalancePlan {
  /** In the order they are to be moved in. */
  readonly todo: readonly SpreadTable[];
  /** Does not lie everywhere either, and stays so. */
  readonly leftAlone: readonly LeftTable[];
}

export type RebalanceStep = TableStep<SpreadTable>;

/** A table whose move failed, or was not tried. */
export interface StuckTable {
  readonly table: SpreadTable;
  readonly failure: Failure;
}

/** What was done; it stays done however the run ends. */
export interface RebalanceTotals {
  readonly moved: number;
  readonly rows: number;
  readonly bytes: number;
  readonly stuck: readonly StuckTable[];
  readonly leftAlone: RebalancePlan["leftAlone"];
  /** Datanodes that got no rows, because they are being taken out. */
  readonly leftOut: readonly string[];
}

/** What an end before the end leaves. */
export interface RebalanceRest {
  /** The table in hand: rolled back when it is among what remains. */
  readonly at?: SpreadTable;
  /** Absent when it could not be read. */
  readonly remaining?: readonly SpreadTable[];
}

export type RebalanceEnd =
  | { readonly end: "done" }
  /** Somebody asked it to. */
  | ({ readonly end: "stopped" } & RebalanceRest)
  /** The process was told to end, time was up, or the token was lost. */
  | ({ readonly end: "cut"; readonly why: Failure } & RebalanceRest)
  /** What it needs did not come. */
  | { readonly end: "waited"; readonly why: Failure }
  | { readonly end: "held"; readonly by: Moving };

export type RebalanceResult = RebalanceTotals & RebalanceEnd;

export interface StopResult {
  /** Who was asked; undefined when nobody moved tables. */
  readonly asked?: Moving;
  /** What a mover that was killed had left running, and is ended now. */
  readonly orphans: number;
}
