import { Failure, type FailureFacts } from "../../model/failure.ts";
import { managerNotTrusted } from "../../ports/manager.ts";
import { copyLines } from "../../adapters/pg/copy-lines.ts";
import type { Bounds } from "../../ports/manager.ts";
import type { ManagerSessions } from "./sessions.ts";
import { literal } from "../../adapters/pg/quote.ts";

/**
 * COPY … TO PROGRAM on the manager: it feeds statements to a psql in mgr's pod, whose address every node trusts, so that the program gets its own role
 * onto nodes that let nobody else in. psql reads them from its standard input: nothing of them is in any argument list.
 * @param statements without a semicolon at the end; one may end in psql's own \\gexec
 * @param psql `seconds` after which `timeout` ends psql; the manager can't be interrupted while it waits for it
 */
function shellStatement(
  node: { readonly address: string; readonly port: number },
  statements: readonly string[],
  psql: { readonly user: string; readonly seconds: number },
): string {
  if (
    !/^[0-9.]+$/.test(node.address) ||
    !Number.isInteger(node.port) ||
    !/^[a-z_][a-z0-9_]*$/.test(psql.user)
  )
    throw new Failure({
      class: "bug",
      code: "bad-shell-argument",
      what: "not an address, port, or user",
      object: node.address,
    });
  const bad = statements.find((statement) => /[\0-\x1f]/.test(statement));
  if (bad !== undefined)
    throw new Failure({
      class: "bug",
      code: "bad-shell-statement",
      what: "a control character",
      object: node.address,
    });
  const program =
    `PGCONNECT_TIMEOUT=3 PGOPTIONS='-c statement_timeout=${psql.seconds * 1000}' timeout -k 1 ${psql.seconds} ` +
    `psql -X -q -w -v ON_ERROR_STOP=1 -h ${node.address} -p ${node.port} -U ${psql.user} -d postgres >${noise(node)} 2>&1`;
  const lines = statements.map((statement) => (/\\g[a-z]*$/.test(statement) ? statement : `${statement};`));
  return copyLines(lines, `PROGRAM ${literal(program)}`);
}

/** What psql said last time; only read to tell why it failed. */
const shellNoiseStatement = (node: { readonly address: string; readonly port: number }): string =>
  `SELECT pg_read_file(${literal(noise(node))}) AS said`;

const noise = (node: { readonly address: string; readonly port: number }): string =>
  `/tmp/antdb_hooks.${node.address}.${node.port}.out`;

/** libpq's words for a node whose pg_hba.conf has no line for the manager's address (src/backend/libpq/auth.c), in both of its forms. */
/**
 * A node that asks the manager for a password has a pg_hba.conf of this program's making, clients' lines and all, and knows another address of the manager: somebody
 * was let in once. Asked only where the node refuses this program's own password, so that is another than then.
 */
const otherSecret = {
  class: "terminal",
  code: "other-secret",
  remedy:
    "these volumes were made with another password of antdb_hooks than the credentials Secret has now: helm uninstall, which keeps the volumes, put the Secret of then back in its place, helm install",
} as const;

function judge(said: string): Pick<FailureFacts, "class" | "code" | "remedy"> {
  if (/no password supplied/.test(said)) return otherSecret;
  const notTrusted = /no pg_hba\.conf entry for/.test(said);
  return { class: "retry", code: notTrusted ? managerNotTrusted : "node-shell-failed" };
}

/** Runs statements on a node from the manager's host; a failure tells what psql said there. */
export async function runOnNode(
  sessions: ManagerSessions,
  node: { readonly address: string; readonly port: number },
  work: { readonly statements: readonly string[]; readonly osUser: string },
  bounds: Bounds,
): Promise<void> {
  const object = `node at ${node.address}:${node.port}`;
  const seconds = Math.max(1, Math.floor(bounds.timeoutMs / 1000));
  const text = shellStatement(node, work.statements, { user: work.osUser, seconds });
  try {
    await sessions.run("sql", text, { object, effect: "write" }, bounds);
  } catch (error) {
    const said = await sessions
      .run("sql", shellNoiseStatement(node), { object, effect: "read" }, { ...bounds, timeoutMs: 2000 })
      .then(({ rows }) => rows[0]?.["said"]?.trim() ?? "")
      .catch(() => "");
    if (said === "") throw error;
    const what = `psql on the manager's host: ${said.replaceAll(/\s+/g, " ").slice(0, 300)}`;
    throw new Failure({ ...judge(said), what, object }, { cause: error });
  }
}
