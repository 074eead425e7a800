import type { NodeRoom } from "../../model/spread-table.ts";
import { Failure } from "../../model/failure.ts";
import { literal } from "../../adapters/pg/quote.ts";
import type { NodeWork } from "./session.ts";

/** The directory is the chart's value, so it is only let through when no shell could misread it. */
const safePath = /^\/[\w./-]+$/;

/** POSIX `df -P`: blocks of 1 KiB in all, used, free, in per cent, and where it is mounted. */
const line = /\s(\d+)\s+(\d+)\s+(\d+)\s+\d+%\s+(\/.*)$/;

/** @param said what df printed: a heading, the data directory, the write-ahead log's */
export function parseRoom(said: string): NodeRoom | undefined {
  const [data, wal] = said
    .trim()
    .split("\n")
    .slice(1)
    .flatMap((row) => {
      const [, , , free, mount] = line.exec(row) ?? [];
      return free === undefined || mount === undefined ? [] : [{ freeBytes: Number(free) * 1024, mount }];
    });
  if (data === undefined) return undefined;
  const own = wal !== undefined && wal.mount !== data.mount;
  return { dataFreeBytes: data.freeBytes, ...(own ? { walFreeBytes: wal.freeBytes } : {}) };
}

/**
 * Asked of the node's own system by a superuser's COPY TO PROGRAM, which works on a hot standby too. What df prints goes through a file: COPY FROM would need a
 * table to copy into.
 */
export async function roomOn(
  { session, time }: NodeWork,
  { node, dataDir }: { readonly node: string; readonly dataDir: string },
): Promise<NodeRoom> {
  if (!safePath.test(dataDir))
    throw new Failure({
      class: "bug",
      code: "bad-path",
      what: "not a plain absolute path",
      object: dataDir,
    });
  // Of the pod's own /tmp: renamed over it, so that two who ask at once read a whole answer each.
  const file = "/tmp/antdb_hooks.df.out";
  const program = `cat >/dev/null; df -Pk ${dataDir} ${dataDir}/pg_wal/ >${file}.$$ && mv -f ${file}.$$ ${file}`;
  await session.query(`COPY (SELECT 1) TO PROGRAM ${literal(program)}`, time.left());
  const { rows } = await session.query(`SELECT pg_read_file(${literal(file)}) AS said`, time.left());
  const room = parseRoom(rows[0]?.["said"] ?? "");
  if (room !== undefined) return room;
  const what = `df said nothing of ${dataDir}`;
  throw new Failure({ class: "retry", code: "no-df", what, object: node });
}
