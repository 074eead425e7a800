import type { SpreadTable, Spreading, TableShare } from "../../model/spread-table.ts";
import type { NodeAddress } from "../../ports/node.ts";
import { textArray } from "../../adapters/pg/quote.ts";
import type { Row } from "../../adapters/pg/session.ts";
import { inEachDatabase, type Ask } from "./ask.ts";

/** src/include/catalog/pgxc_class.h */
const spreadings: Readonly<Record<string, Spreading>> = {
  H: "hash",
  M: "modulo",
  N: "round robin",
  R: "replicated",
  B: "hashmap",
  G: "range",
  L: "list",
};

/** Tables with no parent that lack one of these datanodes, as this coordinator's list has it. */
const lacking = (datanodes: readonly string[]): string => {
  const wanted = `FROM pgxc_node p WHERE p.node_type = 'D' AND p.node_name::text = ANY (${textArray(datanodes)})`;
  const names = (condition: string): string =>
    `(SELECT string_agg(p.node_name::text, ',' ORDER BY p.node_name) ${condition})`;
  return (
    "SELECT format('%I.%I', n.nspname, c.relname) AS name, x.pclocatortype::text AS how, (c.relpersistence = 'u')::text AS unlogged, " +
    `${names("FROM pgxc_node p WHERE p.node_type = 'D' AND p.oid = ANY (x.nodeoids)")} AS present, ` +
    `${names(`${wanted} AND p.oid <> ALL (x.nodeoids)`)} AS absent ` +
    "FROM pgxc_class x JOIN pg_class c ON c.oid = x.pcrelid JOIN pg_namespace n ON n.oid = c.relnamespace " +
    "WHERE c.relpersistence <> 't' AND c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = c.oid) " +
    `AND EXISTS (SELECT 1 ${wanted} AND p.oid <> ALL (x.nodeoids)) ORDER BY 1`
  );
};

/** What these tables take up on one datanode, each with all that inherits from it. */
const sizes = (names: readonly string[]): string =>
  "WITH RECURSIVE family (name, rel) AS (" +
  "SELECT format('%I.%I', n.nspname, c.relname), c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace " +
  `WHERE c.relkind IN ('r', 'p') AND format('%I.%I', n.nspname, c.relname) = ANY (${textArray(names)}) ` +
  "UNION SELECT f.name, i.inhrelid FROM family f JOIN pg_inherits i ON i.inhparent = f.rel) " +
  "SELECT f.name, sum(pg_table_size(f.rel))::text AS heap, sum(pg_indexes_size(f.rel))::text AS indexes, " +
  "sum(greatest(c.reltuples, 0))::bigint::text AS rows FROM family f JOIN pg_class c ON c.oid = f.rel GROUP BY f.name";

const list = (text: string | undefined): readonly string[] =>
  (text ?? "").split(",").filter((name) => name !== "");

type Measured = ReadonlyMap<string, ReadonlyMap<string, Row>>;

async function measure(
  ask: Ask,
  found: readonly Row[],
  datanodes: readonly NodeAddress[],
  database: string,
): Promise<Measured> {
  const asked = datanodes.map(async (datanode): Promise<[string, ReadonlyMap<string, Row>]> => {
    const names = found
      .filter((row) => list(row["present"]).includes(datanode.name))
      .map((row) => row["name"] ?? "");
    const rows = names.length === 0 ? [] : await ask(datanode, database, sizes(names));
    return [datanode.name, new Map(rows.map((row) => [row["name"] ?? "", row]))];
  });
  return new Map(await Promise.all(asked));
}

function tableOf(row: Row, database: string, measured: Measured): SpreadTable {
  const name = row["name"] ?? "";
  const on = list(row["present"]);
  const how = spreadings[row["how"] ?? ""] ?? "other";
  const sized = on.flatMap((node): [string, Row][] => {
    const size = measured.get(node)?.get(name);
    return size === undefined ? [] : [[node, size]];
  });
  const shares = new Map(
    sized.map(([node, size]): [string, TableShare] => [
      node,
      { heapBytes: Number(size["heap"]), indexBytes: Number(size["indexes"]) },
    ]),
  );
  const counts = sized.map(([, size]) => Number(size["rows"]));
  const rows = how === "replicated" ? Math.max(0, ...counts) : counts.reduce((sum, count) => sum + count, 0);
  return {
    database,
    name,
    how,
    on,
    lacks: list(row["absent"]),
    rows,
    shares,
    unlogged: row["unlogged"] === "true",
  };
}

/** Every database, one after the other; in each the datanodes side by side. */
export async function tablesLacking(
  ask: Ask,
  coordinator: NodeAddress,
  datanodes: readonly NodeAddress[],
): Promise<readonly SpreadTable[]> {
  const names = datanodes.map(({ name }) => name);
  return inEachDatabase(ask, coordinator, async (database) => {
    const found = await ask(coordinator, database, lacking(names));
    if (found.length === 0) return [];
    const measured = await measure(ask, found, datanodes, database);
    return found.map((row) => tableOf(row, database, measured));
  });
}
