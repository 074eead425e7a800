import type { Answer, Row } from "../../adapters/pg/session.ts";

/** A row of the manager's commands: `nodename, status, description`, some with `"operation type"` or `nodetype` in front. */
export interface CommandRow {
  readonly node: string;
  readonly operation?: string;
  readonly ok: boolean;
  readonly description: string;
}

/**
 * The rows of a command. Two rows of INIT ALL sum up a whole section and say t with the description `failed`
 * (`init gtmcood slave`, `init datanode slave`: manager reference §2.3); that is a failure all the same.
 */
export function commandRows(answer: Answer): CommandRow[] {
  return answer.rows.map((row) => {
    const description = row["description"] ?? "";
    const operation = row["operation type"] ?? row["nodetype"];
    return {
      node: row["nodename"] ?? row["hostname"] ?? "cluster",
      ...(operation === undefined ? {} : { operation: operation.trim() }),
      ok: truth(row["status"]) && !/^\s*fail(ed|ure)?\b/i.test(description),
      description,
    };
  });
}

export const truth = (text: string | undefined): boolean => text === "t" || text === "true";

/** A column that the query always gives; its absence means that query and parser do not fit. */
export function need(row: Row, column: string): string {
  const value = row[column];
  if (value === undefined) throw new TypeError(`column ${column} is missing or null`);
  return value;
}

export function needNumber(row: Row, column: string): number {
  const value = Number(need(row, column));
  if (!Number.isSafeInteger(value)) throw new TypeError(`column ${column} is not a whole number`);
  return value;
}
