import type { Bounds } from "../../ports/manager.ts";
import type { NodeAddress } from "../../ports/node.ts";
import type { Row } from "../../adapters/pg/session.ts";
import { onNode, type NodeAccess } from "./session.ts";

/** Asks one node one thing in one database. */
export type Ask = (node: NodeAddress, database: string, text: string) => Promise<readonly Row[]>;

export const asking =
  (access: NodeAccess, bounds: Bounds): Ask =>
  (node, database, text) =>
    onNode(
      access,
      { node, database, doing: `look at tables of ${database}` },
      bounds,
      async ({ session, time }) => {
        const { rows } = await session.query(text, time.left());
        return rows;
      },
    );

/** Every database that can be connected to; template1 is one. */
export const databases = "SELECT datname::text AS name FROM pg_database WHERE datallowconn ORDER BY 1";

/** What is found in each of this node's databases, one after the other. */
export async function inEachDatabase<T>(
  ask: Ask,
  node: NodeAddress,
  look: (database: string) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (const row of await ask(node, "postgres", databases)) found.push(...(await look(row["name"] ?? "")));
  return found;
}
