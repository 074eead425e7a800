import { makeScramVerifier } from "../../kit/scram-verifier.ts";
import { Failure } from "../../model/failure.ts";
import type { CatalogChange, CatalogEntry } from "../../model/action.ts";
import { monitorRoleQuery, monitorRoleStatements, type MonitorRole } from "../../adapters/pg/monitor-role.ts";
import { identifier, literal } from "../../adapters/pg/quote.ts";
import type { NodeAccess, NodeWork } from "./session.ts";

/** pgxc_node of one node; ALTER NODE stays local to it (src/backend/pgxc/nodemgr/nodemgr.c) and stands alone in its transaction. */
export async function repointCatalog(
  { session, time }: NodeWork,
  rows: readonly CatalogChange[],
): Promise<void> {
  for (const { name, host, port } of rows)
    await session.query(
      `ALTER NODE ${identifier(name)} WITH (HOST = ${literal(host)}, PORT = ${port})`,
      time.left(),
    );
  await session.query("SELECT pgxc_pool_reload()", time.left());
}

/** The list of this node alone: DROP NODE, like ALTER NODE, stays local without ON (src/backend/pgxc/nodemgr/nodemgr.c). */
export async function strikeRows({ session, time }: NodeWork, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const found = await session.query(
      `SELECT 1 FROM pgxc_node WHERE node_name = ${literal(name)} AND node_type = 'C'`,
      time.left(),
    );
    if (found.rows.length > 0) await session.query(`DROP NODE ${identifier(name)}`, time.left());
  }
  await session.query("SELECT pgxc_pool_reload()", time.left());
}

export async function addRows({ session, time }: NodeWork, rows: readonly CatalogEntry[]): Promise<void> {
  for (const { name, as, host, port } of rows)
    await session.query(
      `CREATE NODE ${identifier(name)} WITH (TYPE = ${literal(as)}, HOST = ${literal(host)}, PORT = ${port})`,
      time.left(),
    );
  await session.query("SELECT pgxc_pool_reload()", time.left());
}

export async function dropSlot({ session, time }: NodeWork, slot: string): Promise<void> {
  await session.query(
    `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = ${literal(slot)} AND NOT active`,
    time.left(),
  );
}

/** Made with a verifier: the password itself is in no statement, and so in no log. */
export async function makeClientRole(
  { session, time }: NodeWork,
  client: NodeAccess["client"],
): Promise<void> {
  const found = await session.query(
    `SELECT 1 FROM pg_roles WHERE rolname = ${literal(client.role)}`,
    time.left(),
  );
  const verb = found.rows.length === 0 ? "CREATE" : "ALTER";
  const verifier = makeScramVerifier(client.password);
  await session.query(
    `${verb} ROLE ${identifier(client.role)} LOGIN PASSWORD ${literal(verifier)}`,
    time.left(),
  );
}

export async function makeClientDatabase(
  { session, time }: NodeWork,
  client: NodeAccess["client"],
): Promise<void> {
  const found = await session.query(
    `SELECT 1 FROM pg_database WHERE datname = ${literal(client.database)}`,
    time.left(),
  );
  if (found.rows.length > 0) return;
  await session.query(
    `CREATE DATABASE ${identifier(client.database)} OWNER ${identifier(client.role)}`,
    time.left(),
  );
}

export async function makeMonitorRole({ session, time }: NodeWork, role: MonitorRole): Promise<void> {
  const found = await session.query(monitorRoleQuery(role), time.left());
  for (const statement of monitorRoleStatements(role, found.rows.length > 0))
    await session.query(statement, time.left());
}

const probeRows = 64;

/** Writes rows that hash over all datanodes and reads them back; the table is gone afterwards, also one that an earlier try left. */
export async function verifyDistributed({ session, time }: NodeWork, coordinator: string): Promise<number> {
  const table = identifier(`antdb_hooks_probe_${coordinator}`);
  await session.query(`DROP TABLE IF EXISTS ${table}`, time.left());
  await session.query(`CREATE TABLE ${table} (id integer)`, time.left());
  await session.query(`INSERT INTO ${table} SELECT generate_series(1, ${probeRows})`, time.left());
  const { rows } = await session.query(`SELECT count(*)::text AS found FROM ${table}`, time.left());
  await session.query(`DROP TABLE ${table}`, time.left());
  const found = Number(rows[0]?.["found"]);
  if (found === probeRows) return found;
  const what = `wrote ${probeRows} rows through it and read ${found} back`;
  throw new Failure({ class: "retry", code: "rows-missing", what, object: coordinator });
}
