// A table spread over the datanodes, 10,000 rows in it, and where they went.
import { type ClientOptions, sql } from "./client.ts";

export const rowCount = 10_000;

/** Makes the table and fills it through the client Service; returns how many rows are there afterwards. */
export async function insertRows(client: ClientOptions, table: string): Promise<number> {
  await sql(client, `CREATE TABLE ${table} (id int PRIMARY KEY, note text) DISTRIBUTE BY HASH (id)`);
  await sql(client, `INSERT INTO ${table} SELECT n, 'row ' || n FROM generate_series(1, ${rowCount}) AS n`);
  return Number(await sql(client, `SELECT count(*) FROM ${table}`));
}

/** Rows on each datanode: a row's hidden xc_node_id names the node it lies on (pgxc_node.node_id). */
export async function rowsPerDatanode(
  client: ClientOptions,
  table: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await sql(
    client,
    `SELECT node_name, rows FROM pgxc_node JOIN
       (SELECT xc_node_id, count(*) AS rows FROM ${table} GROUP BY 1) AS spread ON node_id = xc_node_id ORDER BY 1`,
  );
  return new Map(
    rows.split("\n").map((row): [string, number] => {
      const [name = "", count = ""] = row.split("|");
      return [name, Number(count)];
    }),
  );
}
