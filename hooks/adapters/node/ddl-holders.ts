import type { DdlHolder, RunningNode } from "../../model/snapshot.ts";
import type { Row } from "../../adapters/pg/session.ts";

/** APPEND itself tries for a minute: what is over within moments needs nobody's attention. */
const longerThan = "interval '2 seconds'";

/**
 * In APPEND's own database, with the two keys of src/include/pgxc/pgxc.h as pg_locks shows them; of the statement only which it is, never what it says.
 * On the coordinator where the DDL was begun: gc shows nothing of it, and asks there when it refuses the lock (seen). No LATERAL: the engine has none.
 */
const sessions =
  "SELECT 'session' AS kind, a.pid::text AS pid, a.usename::text AS usename, a.application_name AS application, host(a.client_addr) AS address, " +
  "a.state AS state, upper(substring(a.query from '^\\s*(\\w+(\\s+\\w+)?)')) AS command, NULL::text AS gid, NULL::text AS database, coalesce(a.xact_start, a.state_change, a.backend_start) AS since " +
  "FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid " +
  "WHERE l.locktype = 'advisory' AND l.granted AND (l.classid, l.objid, l.objsubid) = (65535, 65535, 2) AND a.pid <> pg_backend_pid() " +
  "AND l.database = (SELECT oid FROM pg_database WHERE datname = 'postgres')";

const prepared =
  "SELECT 'prepared', NULL, owner::text, NULL, NULL, NULL, NULL, gid, database::text, prepared FROM pg_prepared_xacts";

export const ddlHoldersQuery =
  "SELECT kind, pid, usename, application, address, state, command, gid, database, to_char(since, 'YYYY-MM-DD HH24:MI:SS TZ') AS since " +
  `FROM (${sessions} UNION ALL ${prepared}) held WHERE clock_timestamp() - since > ${longerThan} ORDER BY since`;

function holder(row: Row): DdlHolder {
  const text = (name: string): string => row[name] ?? "";
  const base = { user: text("usename"), since: text("since") };
  if (row["kind"] === "prepared")
    return { kind: "prepared", ...base, gid: text("gid"), database: text("database") };
  const address = row["address"];
  return {
    kind: "session",
    ...base,
    pid: Number(row["pid"]),
    application: text("application"),
    ...(address === undefined ? {} : { address }),
    state: text("state"),
    command: text("command"),
  };
}

export const parseDdlHolders = (rows: readonly Row[]): Partial<RunningNode> =>
  rows.length === 0 ? {} : { ddlHolders: rows.map(holder) };
