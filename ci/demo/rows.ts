// A table spread over the datanodes, 10,000 rows in it, and how many lie on each.
import { type ClientOptions, sql } from "./client.ts";

export const rowCount = 10_000;

/** Makes the table and fills it through the client Service; returns how many rows are there afterwards. */
export async function insertRows(client: ClientOptions, table: string): Promise<number> {
  await sql(client, `CREATE TABLE ${table} (id int PRIMARY KEY, note text) DISTRIBUTE BY HASH (id)`);
  await sql(client, `INSERT INTO ${table} SELECT n, 'row ' || n FROM generate_series(1, ${rowCount}) AS n`);
  return Number(await sql(client, `SELECT count(*) FROM ${table}`));
}

/** Rows on each datanode, asked of the datanode itself as the superuser in a coordinator's own pod (EXECUTE DIRECT is for superusers). */
export async function rowsPerDatanode(
  { kube, fullname }: ClientOptions,
  table: string,
): Promise<ReadonlyMap<string, number>> {
  const ask = (statement: string): Promise<string> =>
    kube.kubectl(
      [
        "exec",
        "-i",
        `${fullname}-cn-0`,
        "-c",
        "antdb",
        "--",
        "psql",
        "-X",
        "-q",
        "-A",
        "-t",
        "-v",
        "ON_ERROR_STOP=1",
      ].concat(["-h", "/tmp", "-p", "5432", "-d", "app"]),
      statement,
    );
  const datanodes = await ask("SELECT node_name FROM pgxc_node WHERE node_type = 'D' ORDER BY 1");
  const rows = new Map<string, number>();
  for (const name of datanodes.split("\n"))
    rows.set(name, Number(await ask(`EXECUTE DIRECT ON (${name}) 'SELECT count(*) FROM ${table}'`)));
  return rows;
}
