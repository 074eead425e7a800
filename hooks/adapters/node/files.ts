import { Failure } from "../../model/failure.ts";
import type { Bounds } from "../../ports/manager.ts";
import { copyLines } from "../../adapters/pg/copy-lines.ts";
import { literal } from "../../adapters/pg/quote.ts";
import type { PgSession } from "../../adapters/pg/session.ts";
import { linesOf } from "./settings-file.ts";

/** The directory is the chart's value, so it is only let through when no shell could misread it. */
const safePath = /^\/[\w./-]+$/;

/** A file of the node's directory as it is now; undefined when there is none. */
export async function readFile(
  session: PgSession,
  name: string,
  bounds: Bounds,
): Promise<readonly string[] | undefined> {
  // 4-argument form: missing_ok; 16 MB is far above any configuration file.
  const { rows } = await session.query(
    `SELECT pg_read_file(${literal(name)}, 0, 16777216, true) AS content`,
    bounds,
  );
  const content = rows[0]?.["content"];
  return content === undefined ? undefined : linesOf(content);
}

/**
 * Replaces a file of the node's directory in one piece: written beside it, forced to disk, renamed over it. A reader, or a crash, finds the old file
 * or the new one. (A plain COPY TO cuts the file to nothing first.) Works on a hot standby as well.
 */
export async function replaceFile(
  session: PgSession,
  path: string,
  lines: readonly string[],
  bounds: Bounds,
): Promise<void> {
  if (!safePath.test(path))
    throw new Failure({ class: "bug", code: "bad-path", what: "not a plain absolute path", object: path });
  const next = `${path}.antdb-next`;
  const program = `cat >${next} && sync ${next} && mv -f ${next} ${path}`;
  await session.query(copyLines(lines, `PROGRAM ${literal(program)}`), bounds);
}
