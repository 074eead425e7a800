import { Failure } from "../../model/failure.ts";
import type { PlacedTable } from "../../model/placed-table.ts";
import type { SpreadTable } from "../../model/spread-table.ts";
import type { Bounds } from "../../ports/manager.ts";
import type { NodeAddress } from "../../ports/node.ts";
import { identifier, literal } from "../../adapters/pg/quote.ts";
import type { Row } from "../../adapters/pg/session.ts";
import { troubleOf } from "../../adapters/pg/trouble.ts";
import { asMover } from "./mover-session.ts";
import type { NodeAccess, NodeWork } from "./session.ts";

/** Longer than a short transaction; behind a long one nobody else should queue for ever. */
const lockMs = 10_000;
/** What a statement says that gave up waiting: statement_timeout, lock_timeout, or a deadlock. */
const notFree = new Set(["57014", "55P03", "40P01"]);

/** Where its rows may go: the other datanodes that it lists, or all others when it has no other. */
async function leaveVerb({ session, time }: NodeWork, table: string, datanode: string): Promise<string> {
  const { rows } = await session.query(
    "SELECT p.node_name::text AS name, (p.oid = ANY (x.nodeoids))::text AS listed FROM pgxc_node p, pgxc_class x " +
      `WHERE p.node_type = 'D' AND x.pcrelid = ${literal(table)}::regclass AND p.node_name <> ${literal(datanode)} ORDER BY 1`,
    time.left(),
  );
  if (rows.some((row) => row["listed"] === "true")) return `DELETE NODE (${identifier(datanode)})`;
  if (rows.length === 0) {
    const what = "it is the last datanode: its rows have nowhere to go";
    throw new Failure({ class: "terminal", code: "last-datanode", what, object: datanode });
  }
  return `TO NODE (${rows.map((row) => identifier(row["name"] ?? "")).join(", ")})`;
}

/** Those of these datanodes that it does not list: asked under the lock, whatever was seen before. */
async function lackedOf(
  { session, time }: NodeWork,
  table: string,
  onto: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await session.query(
    "SELECT p.node_name::text AS name FROM pgxc_node p, pgxc_class x WHERE p.node_type = 'D' " +
      `AND x.pcrelid = ${literal(table)}::regclass AND p.oid <> ALL (x.nodeoids) ` +
      `AND p.node_name IN (${onto.map(literal).join(", ")}) ORDER BY 1`,
    time.left(),
  );
  return rows.map((row) => row["name"] ?? "");
}

async function count({ session, time }: NodeWork, table: string): Promise<number> {
  const { rows } = await session.query(`SELECT count(*)::text AS found FROM ${table}`, time.left());
  return Number(rows[0]?.["found"]);
}

interface Move {
  readonly table: Pick<PlacedTable, "database" | "name">;
  readonly coordinator: NodeAddress;
  readonly doing: string;
  /** What stands after ALTER TABLE …, asked under the lock; undefined when there is nothing to do. */
  readonly verb: (work: NodeWork) => Promise<string | undefined>;
  /** More to be proved before the commit. */
  readonly prove?: (work: NodeWork, rows: number) => Promise<void>;
}

/**
 * Everybody's lock, readers' too: the engine takes it in the middle of the move anyway, and would wait for it there without an end. lock_timeout is no help: it holds
 * for this coordinator alone, and a LOCK waits for who uses the table through another one as long as that takes (seen: 23 s with lock_timeout = 4 s). statement_timeout
 * ends that wait too.
 */
async function lock({ session, time }: NodeWork, table: string, object: string): Promise<void> {
  const run = (text: string): Promise<unknown> => session.query(text, time.left());
  await run(`SET LOCAL statement_timeout = ${lockMs}`);
  try {
    await run(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  } catch (error) {
    const trouble = troubleOf(error, "query");
    if (trouble.kind !== "server" || !notFree.has(trouble.sqlState)) throw error;
    const what = `it is in use: not free within ${lockMs / 1000} s`;
    throw new Failure({ class: "retry", code: "locked", what, object }, { cause: error });
  }
  await run(`SET LOCAL statement_timeout = ${Math.round(time.left().timeoutMs)}`);
}

/**
 * ALTER TABLE t ADD | DELETE | TO NODE. The engine builds REINDEX TABLE and TRUNCATE of the bare names (src/backend/pgxc/locator/redistrib.c), so a table or a schema whose
 * name needs quotes is called otherwise for the time of the move, in the same transaction: nobody else ever sees it.
 */
async function alter({ session, time }: NodeWork, table: string, verb: string): Promise<void> {
  const run = (text: string): Promise<{ readonly rows: readonly Row[] }> => session.query(text, time.left());
  const { rows } = await run(
    "SELECT c.oid::text AS id, quote_ident(n.nspname) AS schema, quote_ident(c.relname) AS name, " +
      "(quote_ident(n.nspname) <> n.nspname)::text AS odd_schema, (quote_ident(c.relname) <> c.relname)::text AS odd_name " +
      `FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ${literal(table)}::regclass`,
  );
  const { id = "", schema = "", name = "", odd_schema: oddSchema, odd_name: oddName } = rows[0] ?? {};
  const plain = `antdb_moved_${id}`;
  const back: string[] = [];
  if (oddName === "true") {
    await run(`ALTER TABLE ${table} RENAME TO ${plain}`);
    back.unshift(`ALTER TABLE ${schema}.${plain} RENAME TO ${name}`);
  }
  if (oddSchema === "true") {
    await run(`ALTER SCHEMA ${schema} RENAME TO ${plain}`);
    back.unshift(`ALTER SCHEMA ${plain} RENAME TO ${schema}`);
  }
  await run(
    `ALTER TABLE ${oddSchema === "true" ? plain : schema}.${oddName === "true" ? plain : name} ${verb}`,
  );
  for (const statement of back) await run(statement);
}

/** One transaction: lock, count, move, count. A connection that is lost rolls it back. */
async function move(access: NodeAccess, job: Move, bounds: Bounds): Promise<number> {
  const { database, name } = job.table;
  const object = `${database}: ${name}`;
  const where = { node: job.coordinator, database, doing: `${job.doing} ${name} of ${database}` };
  return asMover(access, where, bounds, async (work) => {
    const run = (text: string): Promise<unknown> => work.session.query(text, work.time.left());
    await run(`BEGIN`);
    await lock(work, name, object);
    const verb = await job.verb(work);
    const before = await count(work, name);
    if (verb !== undefined) await alter(work, name, verb);
    const after = await count(work, name);
    if (before !== after) {
      await run("ROLLBACK");
      const what = `had ${before} rows before its move and ${after} after it; rolled back`;
      throw new Failure({ class: "terminal", code: "rows-differ", what, object });
    }
    await job.prove?.(work, after);
    await run("COMMIT");
    return after;
  });
}

export const moveOff = (
  access: NodeAccess,
  table: Pick<PlacedTable, "database" | "name">,
  { coordinator, datanode }: { readonly coordinator: NodeAddress; readonly datanode: NodeAddress },
  bounds: Bounds,
): Promise<number> => {
  const verb = (work: NodeWork): Promise<string> => leaveVerb(work, table.name, datanode.name);
  return move(access, { table, coordinator, doing: `move off ${datanode.name}:`, verb }, bounds);
};

/** A replicated table is counted on one of its datanodes: that each new one has all of it is asked there. */
async function proveCopies(
  { session, time }: NodeWork,
  { name, nodes, rows }: { readonly name: string; readonly nodes: readonly string[]; readonly rows: number },
): Promise<void> {
  for (const node of nodes) {
    const question = literal(`SELECT count(*)::text AS found FROM ${name}`);
    const answer = await session.query(`EXECUTE DIRECT ON (${identifier(node)}) ${question}`, time.left());
    const found = Number(answer.rows[0]?.["found"]);
    if (found === rows) continue;
    const what = `its copy on ${node} has ${found} rows and not ${rows}; rolled back`;
    throw new Failure({ class: "terminal", code: "rows-differ", what, object: name });
  }
}

export const extend = (
  access: NodeAccess,
  table: Pick<SpreadTable, "database" | "name" | "how">,
  { coordinator, onto }: { readonly coordinator: NodeAddress; readonly onto: readonly string[] },
  bounds: Bounds,
): Promise<number> => {
  let added: readonly string[] = [];
  const verb = async (work: NodeWork): Promise<string | undefined> => {
    added = await lackedOf(work, table.name, onto);
    return added.length === 0 ? undefined : `ADD NODE (${added.map(identifier).join(", ")})`;
  };
  const prove = (work: NodeWork, rows: number): Promise<void> =>
    table.how === "replicated"
      ? proveCopies(work, { name: table.name, nodes: added, rows })
      : Promise.resolve();
  return move(access, { table, coordinator, doing: "extend", verb, prove }, bounds);
};
