import { monitorRoleQuery, monitorRoleStatements, type MonitorRole } from "../../adapters/pg/monitor-role.ts";
import type { Answer } from "../../adapters/pg/session.ts";
import type { Bounds } from "../../ports/manager.ts";
import type { ManagerSessions } from "./sessions.ts";

/** The manager is a PostgreSQL of its own in sql mode; what is made there reaches no node. */
export async function makeMonitorRole(
  sessions: ManagerSessions,
  role: MonitorRole,
  bounds: Bounds,
): Promise<void> {
  const run = (text: string, effect: "read" | "write"): Promise<Answer> =>
    sessions.run("sql", text, { object: "manager", effect }, bounds);
  const found = await run(monitorRoleQuery(role), "read");
  for (const statement of monitorRoleStatements(role, found.rows.length > 0)) await run(statement, "write");
}
