import { makeScramVerifier, passwordMatches } from "../../kit/scram-verifier.ts";
import type { Secret } from "../../kit/secret.ts";
import { monitorRole } from "../../model/own-roles.ts";
import type { RoleState } from "../../model/snapshot.ts";
import { literal } from "./quote.ts";
import type { Row } from "./session.ts";

/** An exporter holds one session or two a node; the rest is for scrapes that overlap and for a person who looks. */
const sessions = 8;

/** `settings`: of the role, `name=value`. */
export interface MonitorRole {
  readonly password: Secret;
  readonly settings: readonly string[];
}

/** One row where the role exists, none where it does not. */
export function monitorRoleQuery({ settings }: MonitorRole): string {
  const set = settings.map(
    (setting) =>
      `EXISTS (SELECT 1 FROM pg_db_role_setting s WHERE s.setrole = a.oid AND s.setdatabase = 0 AND ${literal(setting)} = ANY (s.setconfig))`,
  );
  const fits = [
    "rolcanlogin AND NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)",
    `rolconnlimit = ${sessions}`,
    "pg_has_role(a.oid, 'pg_monitor', 'MEMBER')",
    ...set,
  ].join(" AND ");
  return `SELECT rolpassword AS secret, (${fits})::text AS fits FROM pg_authid a WHERE rolname = ${literal(monitorRole)}`;
}

export function monitorRoleState(password: Secret, [row]: readonly Row[]): RoleState {
  if (row === undefined) return "absent";
  if (row["fits"] !== "true") return "other-rights";
  return passwordMatches(password, monitorRole, row["secret"]) ? "right" : "other-password";
}

/** Makes it, or makes it right. Sent one by one: a coordinator spreads each to all other nodes. With a verifier, so that the password is in no log. */
export function monitorRoleStatements(role: MonitorRole, exists: boolean): readonly string[] {
  const verifier = literal(makeScramVerifier(role.password));
  return [
    `${exists ? "ALTER" : "CREATE"} ROLE ${monitorRole} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS ` +
      `CONNECTION LIMIT ${sessions} PASSWORD ${verifier}`,
    `GRANT pg_monitor TO ${monitorRole}`,
    ...role.settings.map((setting) => `ALTER ROLE ${monitorRole} SET ${setting}`),
  ];
}
