/**
 * recovery.conf is read when postgres starts, and never again. A run that is cut off between writing it and restarting the standby leaves a file that
 * says one address and a standby that follows another; nothing in the server tells (a wal receiver shows its address only once it is connected). So the
 * file notes under which life of the server it was written: while that one still runs, what it says has yet to take effect.
 */
const mark = "# antdb: read at the next start, written while the server ran that began at ";

/** Which life of the server this is: no two have the same. */
export const startedAt = "extract(epoch FROM pg_postmaster_start_time())::text";

export const withWritingMark = (lines: readonly string[], started: string): readonly string[] => [
  ...lines.filter((line) => !line.startsWith(mark)),
  `${mark}${started}`,
];

/** Whether the running server started before these lines were written. */
export const isPending = (lines: readonly string[], started: string | undefined): boolean =>
  started !== undefined && lines.includes(`${mark}${started}`);
