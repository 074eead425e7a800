import { passwordMatches } from "../../kit/scram-verifier.ts";
import { monitorRole, programRole } from "../../model/own-roles.ts";
import { isStandbyKind, type NodeKind } from "../../model/role.ts";
import type { CatalogRow, RunningNode, StreamingStandby } from "../../model/snapshot.ts";
import type { NodeName } from "../../model/topology.ts";
import { monitorRoleQuery, monitorRoleState, type MonitorRole } from "../../adapters/pg/monitor-role.ts";
import type { LookOptions } from "../../ports/node.ts";
import { literal } from "../../adapters/pg/quote.ts";
import type { Row } from "../../adapters/pg/session.ts";
import { ddlHoldersQuery, parseDdlHolders } from "./ddl-holders.ts";
import { parseConninfo } from "./conninfo.ts";
import { linesOf, readSetting } from "./settings-file.ts";
import { parseSettings, settingsQuery } from "./settings.ts";
import { isPending, startedAt } from "./writing-mark.ts";
import type { NodeAccess } from "./session.ts";

export type Question = LookOptions;

type Client = NodeAccess["client"];

/** A statement and what its rows say; all of a look's statements go in one round trip. */
interface Part {
  readonly text: string;
  readonly read: (rows: readonly Row[]) => Partial<RunningNode>;
}

const parameters = (names: readonly string[]): Part => ({ text: settingsQuery(names), read: parseSettings });

/** A setting that this engine does not know is simply not among the rows. */
const addresses =
  "SELECT name, setting FROM pg_settings WHERE name IN ('agtm_host', 'agtm_port', 'primary_conninfo')";

const state: Part = {
  text:
    "SELECT pg_is_in_recovery()::text AS recovering, (SELECT system_identifier::text FROM pg_control_system()) AS system_id, pg_read_file('pg_hba.conf') AS hba, " +
    `pg_read_file('recovery.conf', 0, 1048576, true) AS recovery, ${startedAt} AS started`,
  read: ([row]) => ({
    inRecovery: row?.["recovering"] === "true",
    hba: normaliseHba(row?.["hba"] ?? ""),
    ...(row?.["system_id"] === undefined ? {} : { systemId: row["system_id"] }),
  }),
};

const catalog: Part = {
  text:
    "SELECT node_name::text AS name, node_host::text AS host, node_port::text AS port, node_type::text AS type " +
    "FROM pgxc_node ORDER BY 1",
  read: (rows) => ({
    catalog: rows.map((row): CatalogRow => ({
      name: (row["name"] ?? "") as NodeName,
      host: row["host"] ?? "",
      port: Number(row["port"]),
      ...(row["type"] === "E" ? { standby: true } : {}),
    })),
  }),
};

const standbys: Part = {
  text:
    "SELECT application_name AS name, host(client_addr) AS address, state, " +
    "CASE WHEN flush_lsn IS NULL THEN '' ELSE sync_state END AS sync FROM pg_stat_replication ORDER BY 1",
  read: (rows) => ({
    standbys: rows.map((row): StreamingStandby => ({
      name: row["name"] ?? "",
      address: row["address"] ?? "",
      state: row["state"] ?? "",
      sync: row["sync"] ?? "",
    })),
  }),
};

/** A standby's slot bears its name (src/adbmgrd/manager/mgr_helper.c, CreateReplicationSlot). */
const slots: Part = {
  text: "SELECT slot_name::text AS name FROM pg_replication_slots WHERE slot_type = 'physical' AND NOT active AND NOT temporary ORDER BY 1",
  read: (rows) => (rows.length === 0 ? {} : { idleSlots: rows.map((row) => row["name"] ?? "") }),
};

const sessions: Part = {
  text:
    "SELECT count(*)::text AS sessions FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() " +
    `AND usename NOT IN (${literal(programRole)}, ${literal(monitorRole)})`,
  read: ([row]) => ({ sessions: Number(row?.["sessions"]) }),
};

const ddlHolders: Part = { text: ddlHoldersQuery, read: parseDdlHolders };

const client = ({ role, password, database }: Client): Part => ({
  text:
    `SELECT (SELECT rolpassword FROM pg_authid WHERE rolname = ${literal(role)}) AS secret, ` +
    `EXISTS (SELECT 1 FROM pg_roles WHERE rolname = ${literal(role)})::text AS role, ` +
    `EXISTS (SELECT 1 FROM pg_database WHERE datname = ${literal(database)})::text AS database`,
  read: ([row]) => ({
    client: {
      role: row?.["role"] === "true",
      passwordMatches: passwordMatches(password, role, row?.["secret"]),
      database: row?.["database"] === "true",
    },
  }),
});

const monitor = (role: MonitorRole): Part => ({
  text: monitorRoleQuery(role),
  read: (rows) => ({ monitor: monitorRoleState(role.password, rows) }),
});

/** gc and the coordinators hold the whole node list; a datanode only a row for itself that says localhost. */
const holdsCatalog = (kind: NodeKind): boolean => kind === "gtmcoord master" || kind === "coordinator master";

/** The statements to send, and the function that makes one node's facts of their rows. */
export function inquire(
  question: Question,
  access: Pick<NodeAccess, "client" | "monitor">,
): {
  readonly statements: readonly string[];
  readonly read: (results: readonly (readonly Row[])[]) => RunningNode;
} {
  const parts = [
    state,
    standbys,
    ...(holdsCatalog(question.kind) ? [catalog] : []),
    ...(question.client ? [client(access.client)] : []),
    ...(question.client && access.monitor !== undefined ? [monitor(access.monitor)] : []),
    parameters(question.settings),
    ...(question.kind === "datanode master" ? [slots] : []),
    ...(question.ddlHolders === true && holdsCatalog(question.kind) ? [ddlHolders] : []),
    ...(question.sessions === true ? [sessions] : []),
  ];
  return {
    statements: [addresses, ...parts.map(({ text }) => text)],
    read: ([told = [], ...results]) => {
      const facts = parts.map((part, index) => part.read(results[index] ?? []));
      const none: RunningNode = { inRecovery: false, hba: [], catalog: [], standbys: [] };
      return Object.assign(
        { ...none, ...gtmOf(told, question.kind), ...primaryOf(told, results[0]?.[0], question.kind) },
        ...facts,
      ) as RunningNode;
    },
  };
}

const settingOf = (told: readonly Row[], name: string): string | undefined =>
  told.find((row) => row["name"] === name)?.["setting"];

/** Where the node looks for its gtm; gtm nodes need none. */
function gtmOf(told: readonly Row[], kind: NodeKind): Pick<RunningNode, "gtm"> {
  const host = kind.startsWith("gtmcoord") ? undefined : settingOf(told, "agtm_host");
  return host === undefined ? {} : { gtm: { host, port: Number(settingOf(told, "agtm_port")) } };
}

/** Where a standby looks for its master: before version 12 that is in recovery.conf. */
function primaryOf(
  told: readonly Row[],
  own: Row | undefined,
  kind: NodeKind,
): Pick<RunningNode, "primary" | "primaryPending"> {
  const text = own?.["recovery"];
  const lines = text === undefined ? undefined : linesOf(text);
  const conninfo =
    lines === undefined ? settingOf(told, "primary_conninfo") : readSetting(lines, "primary_conninfo");
  const primary = isStandbyKind(kind) && conninfo !== undefined ? parseConninfo(conninfo) : undefined;
  const host = primary?.get("host");
  if (host === undefined) return {};
  const port = Number(primary?.get("port") ?? 5432);
  return { primary: { host, port }, primaryPending: isPending(lines ?? [], own?.["started"]) };
}

/** Comments and blank lines left out, one space between fields: two files that mean the same compare equal. */
export function normaliseHba(text: string): readonly string[] {
  return linesOf(text)
    .map((line) => line.replace(/#.*$/, "").trim().replaceAll(/\s+/g, " "))
    .filter((line) => line !== "");
}
