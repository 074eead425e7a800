import type { Bounds } from "../../ports/manager.ts";
import type { NodeAddress } from "../../ports/node.ts";
import { literal } from "../../adapters/pg/quote.ts";
import { onNode, type NodeAccess, type NodePlace, type NodeWork } from "./session.ts";

/** Sessions that move tables, as pg_stat_activity shows them: by it one is found that outlived its client. */
const moverName = "antdb_mover";

/** How long a statement may take to heed a cancel, and a session to heed its end. */
const heedMs = 5000;
const pollMs = 200;

/**
 * Work whose statement is cancelled at the server when the signal aborts, and its session ended there when that does not help. A backend that is busy does not
 * notice that its client has gone (PostgreSQL 11 has no client_connection_check_interval): with the connection only cut it would go on, with its locks, to the end.
 */
export async function asMover<T>(
  access: NodeAccess,
  where: NodePlace,
  { timeoutMs, signal }: Bounds,
  work: (work: NodeWork) => Promise<T>,
): Promise<T> {
  const cut = new AbortController();
  const place = { ...where, applicationName: moverName };
  return onNode(access, place, { timeoutMs, signal: cut.signal }, async (session) => {
    signal.throwIfAborted();
    const { rows } = await session.session.query("SELECT pg_backend_pid()::text AS pid", session.time.left());
    const pid = Number(rows[0]?.["pid"]);
    const over = new AbortController();
    const stop = (): void => void endAtServer(access, { node: where.node, pid }, cut, over.signal);
    signal.addEventListener("abort", stop, { once: true });
    try {
      return await work(session);
    } finally {
      over.abort();
      signal.removeEventListener("abort", stop);
    }
  });
}

async function endAtServer(
  access: NodeAccess,
  { node, pid }: { readonly node: NodeAddress; readonly pid: number },
  cut: AbortController,
  over: AbortSignal,
): Promise<void> {
  for (const verb of ["pg_cancel_backend", "pg_terminate_backend"] as const) {
    const bounds = { timeoutMs: heedMs, signal: over };
    const place = { node, database: "postgres", doing: "cancel a move" };
    await onNode(access, place, bounds, ({ session, time }) =>
      session.query(`SELECT ${verb}(${pid})`, time.left()),
    ).catch(() => undefined);
    await pause(heedMs, over);
    if (over.aborted) return;
  }
  cut.abort();
}

const orphans = `pg_stat_activity WHERE application_name = ${literal(moverName)} AND usename = current_user`;

/** Ends every mover's session on this coordinator, and waits until they are gone: what they had not committed is rolled back. */
export async function endOrphans(access: NodeAccess, node: NodeAddress, bounds: Bounds): Promise<number> {
  const place = { node, database: "postgres", doing: "end what a killed mover left" };
  return onNode(access, place, bounds, async ({ session, time }) => {
    const first = await session.query(`SELECT pg_terminate_backend(pid) FROM ${orphans}`, time.left());
    if (first.rows.length === 0) return 0;
    for (;;) {
      const { rows } = await session.query(`SELECT count(*)::text AS left FROM ${orphans}`, time.left());
      if (rows[0]?.["left"] === "0") return first.rows.length;
      await pause(pollMs, bounds.signal);
      bounds.signal.throwIfAborted();
    }
  });
}

/** Ends early, without an error, when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
