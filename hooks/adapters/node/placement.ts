import { Failure } from "../../model/failure.ts";
import type { PlacedTable } from "../../model/placed-table.ts";
import type { NodeAddress } from "../../ports/node.ts";
import type { Placement } from "../../ports/placement.ts";
import { literal } from "../../adapters/pg/quote.ts";
import type { Row } from "../../adapters/pg/session.ts";
import { asking, inEachDatabase, type Ask } from "./ask.ts";
import { moveOff } from "./move-table.ts";
import type { NodeAccess } from "./session.ts";
import { unlist } from "./unlist.ts";

/** What this list says: distributed tables, and whether the datanode has a share. A partition's own entry follows its root's. */
const distributed = (datanode: string): string =>
  "SELECT format('%I.%I', n.nspname, c.relname) AS name, " +
  "EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = c.oid)::text AS child, " +
  `EXISTS (SELECT 1 FROM pgxc_node p WHERE p.node_name = ${literal(datanode)} AND p.oid = ANY (x.nodeoids))::text AS listed ` +
  "FROM pgxc_class x JOIN pg_class c ON c.oid = x.pcrelid JOIN pg_namespace n ON n.oid = c.relnamespace " +
  "WHERE c.relpersistence <> 't' ORDER BY 1";

/** What the datanode has: every table with anything in its files. */
const filled =
  "SELECT format('%I.%I', n.nspname, c.relname) AS name, pg_total_relation_size(c.oid)::text AS bytes " +
  "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace " +
  "WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND pg_relation_size(c.oid) > 0";

const inDoubt = "SELECT count(*)::text AS found FROM pg_prepared_xacts";

/** Files that no list speaks of: rows that were left there count, dead ones do not. */
async function hasRow(ask: Ask, datanode: NodeAddress, database: string, name: string): Promise<boolean> {
  const rows = await ask(datanode, database, `SELECT EXISTS (SELECT 1 FROM ${name})::text AS found`);
  return rows[0]?.["found"] === "true";
}

const placed = (database: string, row: Row, bytes: number): PlacedTable => ({
  database,
  name: row["name"] ?? "",
  bytes,
  child: row["child"] === "true",
});

async function tablesOfDatabase(
  ask: Ask,
  holder: NodeAddress,
  datanode: NodeAddress,
  database: string,
): Promise<readonly PlacedTable[]> {
  const known = await ask(holder, database, distributed(datanode.name));
  if (known.length === 0) return [];
  const sizes = new Map(
    (await ask(datanode, database, filled)).map((row) => [row["name"] ?? "", Number(row["bytes"])]),
  );
  const found: PlacedTable[] = [];
  for (const row of known) {
    const name = row["name"] ?? "";
    const bytes = sizes.get(name) ?? 0;
    if (row["listed"] === "true" || (bytes > 0 && (await hasRow(ask, datanode, database, name))))
      found.push(placed(database, row, bytes));
  }
  return found;
}

/** Asks one list alone. */
export const listedOn = (
  ask: Ask,
  holder: NodeAddress,
  datanode: NodeAddress,
): Promise<readonly PlacedTable[]> =>
  inEachDatabase(ask, holder, async (database) => {
    const known = await ask(holder, database, distributed(datanode.name));
    return known.filter((row) => row["listed"] === "true").map((row) => placed(database, row, 0));
  });

/** Asks one list, and the datanode itself; transactions in doubt on it may still bring rows. */
export async function tablesOn(
  ask: Ask,
  holder: NodeAddress,
  datanode: NodeAddress,
): Promise<readonly PlacedTable[]> {
  const tables = await inEachDatabase(ask, holder, (database) =>
    tablesOfDatabase(ask, holder, datanode, database),
  );
  const [doubt] = await ask(datanode, "postgres", inDoubt);
  if (doubt?.["found"] === "0") return tables.toSorted((one, other) => other.bytes - one.bytes);
  const what = "it has prepared transactions that are neither committed nor rolled back";
  throw new Failure({ class: "retry", code: "in-doubt", what, object: datanode.name });
}

export const makePlacement = (access: NodeAccess): Placement => ({
  tablesOn: ({ coordinator, datanode }, bounds) => tablesOn(asking(access, bounds), coordinator, datanode),
  moveOff: (table, where, bounds) => moveOff(access, table, where, bounds),
  unlist: (where, bounds) => unlist(access, where, bounds),
});
