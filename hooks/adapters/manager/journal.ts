import type { InitJournal } from "../../model/snapshot.ts";
import { literal } from "../../adapters/pg/quote.ts";
import type { Answer } from "../../adapters/pg/session.ts";

/** The program's note about INIT ALL: one row in a schema of its own beside the manager's catalog, so that the two are lost together or not at all. */
export const journalQueries = {
  exists: "SELECT to_regclass('antdb_hooks.init_journal') IS NOT NULL AS found",
  read: "SELECT state FROM antdb_hooks.init_journal",
  write: (state: "begun" | "finished"): string =>
    [
      "CREATE SCHEMA IF NOT EXISTS antdb_hooks",
      "CREATE TABLE IF NOT EXISTS antdb_hooks.init_journal " +
        "(only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), state text NOT NULL, noted timestamptz NOT NULL)",
      "DELETE FROM antdb_hooks.init_journal",
      `INSERT INTO antdb_hooks.init_journal (state, noted) VALUES (${literal(state)}, now())`,
    ].join("; "),
};

export function parseJournal({ rows }: Answer): InitJournal {
  const state = rows[0]?.["state"];
  if (state === undefined) return "none";
  if (state === "begun" || state === "finished") return state;
  throw new TypeError(`antdb_hooks.init_journal says ${state}`);
}
