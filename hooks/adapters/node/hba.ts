import { Failure } from "../../model/failure.ts";
import type { PgSession } from "../../adapters/pg/session.ts";
import { readFile, replaceFile } from "./files.ts";
import type { NodeWork } from "./session.ts";

const faults =
  "SELECT line_number::text AS line, error FROM pg_hba_file_rules WHERE error IS NOT NULL ORDER BY line_number LIMIT 1";

/**
 * Writes the file, has the node parse it, and only then has it loaded. A file with an error is taken back before anything has read it: the next start
 * of the node, or a reload by the manager, would otherwise meet it.
 */
export async function writeHba(
  { session, time }: NodeWork,
  target: { readonly node: string; readonly path: string },
  lines: readonly string[],
): Promise<void> {
  const before = await readFile(session, "pg_hba.conf", time.left());
  await replaceFile(session, target.path, lines, time.left());
  const { rows } = await session.query(faults, time.left());
  const [fault] = rows;
  if (fault !== undefined) {
    if (before !== undefined) await replaceFile(session, target.path, before, time.left());
    const what = `pg_hba.conf line ${fault["line"] ?? "?"}: ${fault["error"] ?? "an error"}; the file was put back as it was`;
    throw new Failure({ class: "bug", code: "bad-hba", what, object: target.node });
  }
  await reload(session, time);
}

/** SIGHUP to the postmaster: it reads its files again within milliseconds. */
export async function reload(session: PgSession, time: NodeWork["time"]): Promise<void> {
  await session.query("SELECT pg_reload_conf()", time.left());
}
