import type { NodeSetting } from "../../model/parameter.ts";
import type { RunningNode } from "../../model/snapshot.ts";
import { namesIn, parseType, typeColumns } from "../../adapters/pg/settings.ts";
import type { Row } from "../../adapters/pg/session.ts";
import { reload } from "./hba.ts";
import type { NodeWork } from "./session.ts";

/** Files in the order in which they are read: the last that speaks of a parameter wins. */
const lastInFile = (column: string, condition: string): string =>
  `(SELECT f.${column} FROM files f WHERE f.name = lower(s.name)${condition} ORDER BY f.seqno DESC LIMIT 1)`;
const mainFile = " AND f.sourcefile = current_setting('config_file')";

/**
 * Parameters by name and all that wait for a restart. A session's own value hides what its start-up options set (statement_timeout, log_statement), so what counts
 * is the file, and whether it was read since it was written. A parameter of a library that is not loaded is in the file alone. The files are parsed whenever
 * pg_file_settings is read: once, and not for each parameter.
 */
export const settingsQuery = (names: readonly string[]): string =>
  "WITH files AS (SELECT lower(name) AS name, setting, sourcefile, seqno FROM pg_file_settings) " +
  `SELECT ${typeColumns}, s.setting AS value, s.boot_val AS boot, s.context AS context, s.pending_restart::text AS pending, ` +
  `${lastInFile("setting", mainFile)} AS file, ${lastInFile("sourcefile", "")} AS source, ` +
  "current_setting('config_file') AS main, (w.written > pg_conf_load_time())::text AS stale, " +
  // The file's time is cut to whole seconds.
  "(pg_postmaster_start_time() > w.written + interval '1 second')::text AS started_since " +
  "FROM pg_settings s, (SELECT (pg_stat_file(current_setting('config_file'))).modification AS written) w " +
  `WHERE lower(s.name) IN (${namesIn(names)}) OR s.pending_restart ORDER BY 1`;

export function parseSettings(
  rows: readonly Row[],
): Pick<RunningNode, "settings" | "settingsStale" | "startedSinceWritten"> {
  const settings = rows.map((row): readonly [string, NodeSetting] => [row["name"] ?? "", parseSetting(row)]);
  const [first] = rows;
  return {
    settings: new Map(settings),
    settingsStale: first?.["stale"] === "true",
    startedSinceWritten: first?.["started_since"] === "true",
  };
}

function parseSetting(row: Row): NodeSetting {
  const { file, boot, source, main } = row;
  return {
    ...parseType(row),
    value: row["value"] ?? "",
    context: row["context"] ?? "",
    pendingRestart: row["pending"] === "true",
    ...(file === undefined ? {} : { file }),
    ...(boot === undefined ? {} : { boot }),
    ...(source === undefined || source === main ? {} : { overriddenIn: source.replace(/^.*\//, "") }),
  };
}

export async function reloadSettings({ session, time }: NodeWork): Promise<void> {
  await reload(session, time);
}

/** Of parameters that only a restart changes the file can't be judged: any other value than the running one "could not be applied". */
export async function settingFault(
  { session, time }: NodeWork,
  names: readonly string[],
): Promise<string | undefined> {
  const query =
    "SELECT f.name AS name, f.setting AS value, f.error AS error FROM pg_file_settings f LEFT JOIN pg_settings s ON lower(s.name) = lower(f.name) " +
    `WHERE f.error IS NOT NULL AND s.context IS DISTINCT FROM 'postmaster' AND lower(f.name) IN (${namesIn(names)}) ORDER BY f.seqno LIMIT 1`;
  const [fault] = (await session.query(query, time.left())).rows;
  return fault === undefined
    ? undefined
    : `${fault["name"] ?? ""} = '${fault["value"] ?? ""}' (${fault["error"] ?? ""})`;
}
