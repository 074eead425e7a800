import type { AppendNote } from "../../model/snapshot.ts";
import type { NodeKind } from "../../model/role.ts";
import type { NodeName } from "../../model/topology.ts";
import { literal } from "../../adapters/pg/quote.ts";
import type { Row } from "../../adapters/pg/session.ts";
import { need } from "./rows.ts";

const table = "antdb_hooks.appends";
const make =
  "CREATE SCHEMA IF NOT EXISTS antdb_hooks; " +
  `CREATE TABLE IF NOT EXISTS ${table} (node text PRIMARY KEY, kind text NOT NULL, noted timestamptz NOT NULL)`;

/** Notes of APPENDs that were begun, in the manager's own database beside its catalog: a manager that lost its volume has lost both, and then nothing is cleaned. */
export const appendNoteQueries = {
  exists: `SELECT to_regclass('${table}') IS NOT NULL AS found`,
  read: `SELECT node, kind FROM ${table} ORDER BY 1`,
  write: ({ node, kind }: AppendNote): string =>
    `${make}; DELETE FROM ${table} WHERE node = ${literal(node)}; ` +
    `INSERT INTO ${table} (node, kind, noted) VALUES (${literal(node)}, ${literal(kind)}, now())`,
  forget: (node: string): string => `${make}; DELETE FROM ${table} WHERE node = ${literal(node)}`,
};

export const parseAppendNote = (row: Row): AppendNote => ({
  node: need(row, "node") as NodeName,
  kind: need(row, "kind") as NodeKind,
});
