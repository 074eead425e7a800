import type { Bounds } from "../../ports/manager.ts";
import { rowFailure } from "./classify.ts";
import { commandRows, type CommandRow } from "./rows.ts";
import type { ManagerSessions } from "./sessions.ts";

/** A command that answers with a tag only: ADD, ALTER, SET. */
export async function runPlain(
  sessions: ManagerSessions,
  object: string,
  text: string,
  bounds: Bounds,
): Promise<void> {
  await sessions.run("manager", text, { object, effect: "write" }, bounds);
}

export interface LongCommand {
  readonly object: string;
  readonly text: string;
  /** Rows that say f and are no failure all the same. */
  readonly tolerated?: (row: CommandRow) => boolean;
}

/** A command that works on nodes, takes long, and answers with one verdict a row. */
export async function runLong(
  sessions: ManagerSessions,
  { object, text, tolerated }: LongCommand,
  bounds: Bounds,
): Promise<void> {
  const answer = await sessions.run(
    "manager",
    text,
    { object, effect: "write" },
    { ...bounds, marked: true },
  );
  const failed = commandRows(answer).filter((row) => !row.ok && tolerated?.(row) !== true);
  const [first] = failed;
  if (first === undefined) return;
  const others = failed.length === 1 ? "" : ` (and ${failed.length - 1} more)`;
  throw rowFailure(first.node, first.operation ?? text.toLowerCase(), first.description + others);
}
