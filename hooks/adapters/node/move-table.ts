import { Failure } from "../../model/failure.ts";
import type { PlacedTable } from "../../model/placed-table.ts";
import type { Bounds } from "../../ports/manager.ts";
import type { NodeAddress } from "../../ports/node.ts";
import { identifier, literal } from "../../adapters/pg/quote.ts";
import { onNode, type NodeAccess, type NodeWork } from "./session.ts";

/** Longer than a short transaction; behind a long one nobody else should queue for ever. */
const lockMs = 10_000;

/** Where its rows may go: the other datanodes that it lists, or all others when it has no other. */
async function verbFor({ session, time }: NodeWork, table: string, datanode: string): Promise<string> {
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

async function count({ session, time }: NodeWork, table: string): Promise<number> {
  const { rows } = await session.query(`SELECT count(*)::text AS found FROM ${table}`, time.left());
  return Number(rows[0]?.["found"]);
}

/** One transaction: lock, count, move, count. A connection that is lost rolls it back. */
export async function moveOff(
  access: NodeAccess,
  { database, name }: PlacedTable,
  { coordinator, datanode }: { readonly coordinator: NodeAddress; readonly datanode: NodeAddress },
  bounds: Bounds,
): Promise<number> {
  const where = { node: coordinator, database, doing: `move ${name} of ${database} off ${datanode.name}` };
  return onNode(access, where, bounds, async (work) => {
    const { session, time } = work;
    const run = (text: string): Promise<unknown> => session.query(text, time.left());
    const verb = await verbFor(work, name, datanode.name);
    await run(`BEGIN`);
    await run(`SET LOCAL lock_timeout = ${lockMs}`);
    await run(`LOCK TABLE ${name} IN EXCLUSIVE MODE`);
    const before = await count(work, name);
    await run(`ALTER TABLE ${name} ${verb}`);
    const after = await count(work, name);
    if (before !== after) {
      await run("ROLLBACK");
      const what = `${name} of ${database} had ${before} rows before its move and ${after} after it; rolled back`;
      throw new Failure({ class: "terminal", code: "rows-differ", what, object: datanode.name });
    }
    await run("COMMIT");
    return after;
  });
}
