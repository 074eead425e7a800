import type { ParameterNote } from "../../model/parameter.ts";
import { literal } from "../../adapters/pg/quote.ts";
import type { Row } from "../../adapters/pg/session.ts";
import { need } from "./rows.ts";

const table = "antdb_hooks.parameter_note";
const tuple = ({ node, letter, key }: ParameterNote): string =>
  `(${literal(node)}, ${literal(letter)}, ${literal(key)})`;

/** Which rows of mgr_updateparm are the values' doing: kept beside that table, so that the two are lost together or not at all. */
export const noteQueries = {
  exists: `SELECT to_regclass('${table}') IS NOT NULL AS found`,
  read: `SELECT node, letter, key FROM ${table} ORDER BY 1, 2, 3`,
  add: (notes: readonly ParameterNote[]): string =>
    [
      // "already exists, skipping" is no news.
      "SET LOCAL client_min_messages = warning",
      "CREATE SCHEMA IF NOT EXISTS antdb_hooks",
      `CREATE TABLE IF NOT EXISTS ${table} (node text, letter text, key text, PRIMARY KEY (node, letter, key))`,
      `INSERT INTO ${table} (node, letter, key) VALUES ${notes.map(tuple).join(", ")} ON CONFLICT DO NOTHING`,
    ].join("; "),
  remove: (notes: readonly ParameterNote[]): string =>
    `DELETE FROM ${table} WHERE (node, letter, key) IN (${notes.map(tuple).join(", ")})`,
};

export const parseNote = (row: Row): ParameterNote => ({
  node: need(row, "node"),
  letter: need(row, "letter"),
  key: need(row, "key"),
});
