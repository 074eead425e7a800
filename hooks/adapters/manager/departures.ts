import type { Departure } from "../../model/snapshot.ts";
import type { NodeKind } from "../../model/role.ts";
import type { NodeName } from "../../model/topology.ts";
import { literal } from "../../adapters/pg/quote.ts";
import type { Row } from "../../adapters/pg/session.ts";
import { need, needNumber } from "./rows.ts";

const table = "antdb_hooks.departures";
const make =
  "CREATE SCHEMA IF NOT EXISTS antdb_hooks; " +
  `CREATE TABLE IF NOT EXISTS ${table} (node text PRIMARY KEY, kind text NOT NULL, bytes bigint, noted timestamptz NOT NULL)`;

/** Notes of nodes that were taken out, in the manager's own database beside its catalog: they are lost together or not at all. */
export const departureQueries = {
  exists: `SELECT to_regclass('${table}') IS NOT NULL AS found`,
  read: `SELECT node, kind, bytes::text AS bytes FROM ${table} ORDER BY 1`,
  write: ({ node, kind, bytes }: Departure): string =>
    `${make}; DELETE FROM ${table} WHERE node = ${literal(node)}; ` +
    `INSERT INTO ${table} (node, kind, bytes, noted) VALUES (${literal(node)}, ${literal(kind)}, ${bytes ?? "NULL"}, now())`,
  forget: (node: string): string => `${make}; DELETE FROM ${table} WHERE node = ${literal(node)}`,
};

export const parseDeparture = (row: Row): Departure => ({
  node: need(row, "node") as NodeName,
  kind: need(row, "kind") as NodeKind,
  ...(row["bytes"] === undefined ? {} : { bytes: needNumber(row, "bytes") }),
});
