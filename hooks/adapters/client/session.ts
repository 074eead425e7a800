import { Failure } from "../../model/failure.ts";
import type { ClientSession } from "../../ports/client.ts";
import type { Bounds } from "../../ports/manager.ts";
import type { PgSession, Row } from "../../adapters/pg/session.ts";
import { TimeBox } from "../../adapters/pg/time-box.ts";
import { troubleOf } from "../../adapters/pg/trouble.ts";
import { clientFailure } from "./classify.ts";

const schema = "antdb_helm_test";
const table = `${schema}.probe`;
const notEmpty = "2BP01"; // dependent_objects_still_exist

/** Each row's node is in the system column xc_node_id, which is pgxc_node.node_id; both are open to every role. */
const perNode =
  `SELECT n.node_name::text AS node, c.held::text AS held FROM (SELECT xc_node_id, count(*) AS held FROM ${table} GROUP BY 1) AS c ` +
  "JOIN pgxc_node AS n ON n.node_id = c.xc_node_id";

export function makeClientSession(session: PgSession, server: string): ClientSession {
  const ask = async (doing: string, text: string, time: TimeBox): Promise<readonly Row[]> => {
    try {
      return (await session.query(text, time.left())).rows;
    } catch (error) {
      if (isNotEmpty(error)) throw strangers(server);
      throw clientFailure(error, server, doing, "query");
    }
  };
  const dropTable = async (bounds: Bounds): Promise<void> => {
    const time = new TimeBox(bounds);
    const there = `SELECT 1 FROM pg_namespace WHERE nspname = '${schema}'`;
    if ((await ask("look for an earlier test's table", there, time)).length === 0) return;
    await ask("drop the table", `DROP TABLE IF EXISTS ${table}`, time);
    // Without CASCADE: what is not the test's stays.
    await ask("drop the schema", `DROP SCHEMA IF EXISTS ${schema}`, time);
  };
  return {
    dropTable,
    fillTable: async (count, bounds) => {
      const time = new TimeBox(bounds);
      await ask("create a schema", `CREATE SCHEMA ${schema}`, time);
      await ask("create a table", `CREATE TABLE ${table} (id integer) DISTRIBUTE BY HASH (id)`, time);
      await ask("insert rows", `INSERT INTO ${table} SELECT generate_series(1, ${count})`, time);
    },
    rowsPerNode: async (bounds) => {
      const rows = await ask("read the rows of each datanode", perNode, new TimeBox(bounds));
      return new Map(rows.map((row) => [row["node"] ?? "", Number(row["held"])]));
    },
    holds: async (count, bounds) => {
      const text = `SELECT count(DISTINCT id)::text AS different, count(*)::text AS held, sum(id)::text AS total FROM ${table}`;
      const [row] = await ask("read the rows", text, new TimeBox(bounds));
      const told = [row?.["different"], row?.["held"], row?.["total"]].map(Number);
      return told.join() === [count, count, (count * (count + 1)) / 2].join();
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

function isNotEmpty(error: unknown): boolean {
  const trouble = troubleOf(error, "query");
  return trouble.kind === "server" && trouble.sqlState === notEmpty;
}

const strangers = (server: string): Failure =>
  new Failure({
    class: "terminal",
    code: "schema-not-the-tests",
    what: `the schema ${schema} holds objects that the test did not make; none of them was touched`,
    object: server,
    remedy: `move them to another schema, then DROP SCHEMA ${schema}`,
  });
