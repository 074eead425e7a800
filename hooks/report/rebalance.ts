import { bytesText } from "../kit/bytes.ts";
import type { Failure } from "../model/failure.ts";
import type {
  Moving,
  RebalancePlan,
  RebalanceRest,
  RebalanceResult,
  RebalanceStep,
  RebalanceTotals,
  StopResult,
  StuckTable,
} from "../model/rebalance.ts";
import { bytesOfTable, nameOfTable, type SpreadTable } from "../model/spread-table.ts";

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const some = (count: number, what = "table"): string => `${count} ${what}${count === 1 ? "" : "s"}`;
const sumOf = (tables: readonly SpreadTable[]): number =>
  tables.reduce((sum, table) => sum + bytesOfTable(table), 0);
const rowsText = (rows: number): string => (rows === 0 ? "rows not counted yet" : `about ${rows} rows`);

const run = "antdb rebalance";

/** What is about to be done. */
export function rebalanceHead({ todo, leftAlone }: RebalancePlan, leftOut: readonly string[]): string {
  const out = leftOut.map((name) => `${name} gets no rows: it was drained, or is on its way out\n`).join("");
  const stay = leftAlone
    .map(({ table, reason }) => `${nameOfTable(table)} stays where it is: ${reason}\n`)
    .join("");
  const head =
    todo.length === 0
      ? ""
      : `${some(todo.length)}, ${bytesText(sumOf(todo))}, to be written anew on more datanodes, one at a time. ` +
        "A table can't be read or written while it is moved.\n";
  return out + stay + head;
}

/** One line a table, for --dry-run. */
export const rebalanceWould = ({ todo }: RebalancePlan): string =>
  todo
    .map(
      (table) =>
        `${nameOfTable(table)}: ${table.how}, ${rowsText(table.rows)}, ${bytesText(bytesOfTable(table))}, ` +
        `on ${table.on.join(", ")}; would come to ${table.lacks.join(", ")} as well\n`,
    )
    .join("");

export const rebalanceWouldLine = ({ todo }: RebalancePlan): string =>
  `rebalance: nothing was changed, ${some(todo.length)} would be moved`;

export const rebalanceMoving = ({ table, index, of }: RebalanceStep): string =>
  `${index}/${of} ${nameOfTable(table)}: ${rowsText(table.rows)}, ${bytesText(bytesOfTable(table))}, onto ${table.lacks.join(", ")} …\n`;

export const rebalanceStill = ({ table, index, of }: RebalanceStep, ms: number): string =>
  `${index}/${of} ${nameOfTable(table)}: still being moved, for ${Math.round(ms / 1000)} s now\n`;

export function rebalanceMoved(
  { table, index, of, bytesLeft }: RebalanceStep,
  rows: number,
  ms: number,
): string {
  const rate = `${bytesText(bytesOfTable(table) / Math.max(0.001, ms / 1000))}/s`;
  return `${index}/${of} ${nameOfTable(table)}: ${rows} rows before and after, ${bytesText(bytesOfTable(table))} in ${seconds(ms)} (${rate}), ${bytesText(bytesLeft)} to go\n`;
}

export const rebalanceFailed = (
  { table, index, of }: RebalanceStep,
  { facts }: Failure,
  again: boolean,
): string =>
  `${index}/${of} ${nameOfTable(table)}: ${again ? "later" : "stays where it is"}: ${facts.what}\n`;

export const rebalanceWaiting = ({ message }: Failure): string => `waiting: ${message}\n`;

export const rebalanceOrphans = (count: number): string =>
  `ended ${some(count, "session")} that a run before this one had left; what ${count === 1 ? "it" : "they"} moved is rolled back\n`;

const doneText = ({ moved, rows, bytes }: RebalanceTotals): string =>
  moved === 0 ? "no table moved" : `${some(moved)} moved, ${rows} rows in them, ${bytesText(bytes)}`;

function restText({ at, remaining }: RebalanceRest): string {
  const isLeft = (table: SpreadTable): boolean =>
    remaining === undefined || remaining.some((one) => nameOfTable(one) === nameOfTable(table));
  const hand =
    at === undefined ? "" : `, at ${nameOfTable(at)}, which is ${isLeft(at) ? "as it was" : "moved"}`;
  const left =
    remaining === undefined ? "" : `, ${some(remaining.length)}, ${bytesText(sumOf(remaining))}, to go`;
  return `${hand}${left}`;
}

function stuckText(stuck: readonly StuckTable[]): string {
  const [first] = stuck;
  if (first === undefined) return "";
  const others = stuck.length > 1 ? ` (and ${stuck.length - 1} more)` : "";
  return `${nameOfTable(first.table)}: ${first.failure.facts.what}${others}`;
}

const heldText = ({ by, doing }: Moving): string => `${doing} runs already, as ${by}`;

/** The last line. */
export function rebalanceLine(result: RebalanceResult): string {
  const next = `Next: ${run} goes on where it stopped`;
  switch (result.end) {
    case "held":
      return `rebalance: refused: ${heldText(result.by)}. Next: wait for it, or ${run} --stop`;
    case "stopped":
      return `rebalance: stopped as asked${restText(result)}; ${doneText(result)}. ${next}`;
    case "cut":
      return `rebalance: ${result.why.facts.what}${restText(result)}; ${doneText(result)}. ${next}`;
    case "waited":
      return `rebalance: not finished, ${doneText(result)}: ${result.why.facts.object}: ${result.why.facts.what}. ${next}`;
    case "done":
      return doneLine(result);
  }
}

function doneLine(result: RebalanceTotals): string {
  if (result.stuck.length > 0) {
    const remedy = result.stuck[0]?.failure.facts.remedy ?? `end what is in the way, and run ${run} again`;
    return `rebalance: ${doneText(result)}, ${some(result.stuck.length)} left: ${stuckText(result.stuck)}. Next: ${remedy}; what is moved stays moved`;
  }
  const stay = result.leftAlone.length === 0 ? "" : `; ${some(result.leftAlone.length)} left alone`;
  return result.moved === 0
    ? `rebalance: nothing to do, every table lies on every datanode it can lie on${stay}`
    : `rebalance: done, ${doneText(result)}${stay}`;
}

/** 0 done, or stopped as asked; 1 worth another try; 2 somebody has to decide; 3 out of time. */
export function rebalanceExitCode(result: RebalanceResult): 0 | 1 | 2 | 3 {
  switch (result.end) {
    case "held":
      return 1;
    case "stopped":
      return 0;
    case "cut":
      return result.why.facts.code === "deadline" ? 3 : 1;
    case "waited":
      return 3;
    case "done": {
      const decisions = result.stuck.filter(({ failure }) => failure.facts.class === "terminal");
      return result.stuck.length === 0 ? 0 : decisions.length === result.stuck.length ? 2 : 1;
    }
  }
}

/** The last line of --stop. */
export function stopLine({ asked, orphans }: StopResult): string {
  const rolled = orphans === 0 ? "" : `; ${some(orphans, "session")} it had left running ended, rolled back`;
  return asked === undefined
    ? `rebalance: nobody moves tables${rolled}`
    : `rebalance: ${asked.doing} of ${asked.by} has stopped${rolled}. Next: ${run} goes on where it stopped`;
}

/** For `antdb status`: one line when tables do not lie everywhere. */
export function spreadLine({ todo }: RebalancePlan, datanodes: number): string | undefined {
  if (todo.length === 0) return undefined;
  const on = todo.map((table) => table.on.length);
  const least = Math.min(...on);
  const most = Math.max(...on);
  const where = least === most ? `${least}` : `${least} to ${most}`;
  return `${some(todo.length)}, ${bytesText(sumOf(todo))}, lie${todo.length === 1 ? "s" : ""} on ${where} of ${datanodes} datanodes: ${run}`;
}
