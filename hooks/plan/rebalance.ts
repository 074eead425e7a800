import type { RebalancePlan } from "../model/rebalance.ts";
import { bytesOfTable, nameOfTable, type SpreadTable, type Spreading } from "../model/spread-table.ts";

/** What a rebalance is asked to do. */
export interface RebalanceChoice {
  /** `tables`: those whose rows are spread; `all`: replicated ones get a copy on every datanode too. */
  readonly mode: "tables" | "all";
  /** Which tables come first. */
  readonly order: "smallest" | "biggest";
  /** Names as `schema.table`, `*` for anything; absent: every table. */
  readonly tables?: string | undefined;
  readonly database?: string | undefined;
}

/** Why the engine can't extend such a table (src/backend/commands/tablecmds.c BuildRedistribCommands; values of range and list name their datanodes). */
const impossible: Partial<Record<Spreading, string>> = {
  hashmap: "the engine refuses ADD NODE for a hashmap table",
  range: "its ranges name their datanodes: ALTER TABLE … DISTRIBUTE BY RANGE says where the rows go",
  list: "its lists name their datanodes: ALTER TABLE … DISTRIBUTE BY LIST says where the rows go",
  other: "it is spread in a way the program does not know",
};

/** `sales.*` as an expression over the whole name. */
const matcher = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replaceAll(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`))
      .join(".*")}$`,
  );

const isMeant = ({ database, tables }: RebalanceChoice) => {
  const matches = tables === undefined ? undefined : matcher(tables);
  return (table: SpreadTable): boolean =>
    (database === undefined || table.database === database) && (matches?.test(table.name) ?? true);
};

function reasonToLeave({ how }: SpreadTable, { mode }: RebalanceChoice): string | undefined {
  if (how === "replicated" && mode === "tables") return "it is replicated: --mode all gives it its copies";
  return impossible[how];
}

/** What is to be moved, in order, and what is not. */
export function planRebalance(tables: readonly SpreadTable[], choice: RebalanceChoice): RebalancePlan {
  const meant = tables.filter(isMeant(choice)).map((table) => ({
    table,
    reason: reasonToLeave(table, choice),
  }));
  const sign = choice.order === "smallest" ? 1 : -1;
  return {
    todo: meant
      .flatMap(({ table, reason }) => (reason === undefined ? [table] : []))
      .toSorted(
        (one, other) =>
          sign * (bytesOfTable(one) - bytesOfTable(other)) ||
          nameOfTable(one).localeCompare(nameOfTable(other)),
      ),
    leftAlone: meant.flatMap(({ table, reason }) => (reason === undefined ? [] : [{ table, reason }])),
  };
}
