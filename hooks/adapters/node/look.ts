import type { NodeFact } from "../../model/snapshot.ts";
import type { Bounds } from "../../ports/manager.ts";
import type { NodeAddress } from "../../ports/node.ts";
import type { PgSession } from "../../adapters/pg/session.ts";
import { TimeBox } from "../../adapters/pg/time-box.ts";
import { factOf } from "./classify.ts";
import { inquire, type Question } from "./facts.ts";
import { openNode, type Database, type NodeAccess } from "./session.ts";

/** Long enough for a busy node, short enough to leave time for the second door. */
const firstDoorMs = 1500;

/**
 * What a node's port tells within the bounds; never throws. A node that cannot reach its gtm lets the program log in and then answers nothing for a
 * minute; its own files can still be read through template1, where no global snapshot is asked for (see session.ts).
 */
export async function look(
  access: NodeAccess,
  node: NodeAddress,
  question: Question,
  bounds: Bounds,
): Promise<NodeFact> {
  const time = new TimeBox(bounds);
  const first = await through("postgres", time.left(firstDoorMs));
  return first.state === "refused" && first.code === "silent" ? through("template1", time.left()) : first;

  async function through(database: Database, within: Bounds): Promise<NodeFact> {
    const share = new TimeBox(within);
    // Connecting may use the whole time: it is the one thing that tells an address nobody has.
    let session: PgSession;
    try {
      session = await openNode(access, node, database, time.left());
    } catch (error) {
      return factOf(error, "connect");
    }
    try {
      const { statements, read } = inquire(question, access);
      return { state: "up", ...read(await session.queryAll(statements, share.left())) };
    } catch (error) {
      return factOf(error, "query");
    } finally {
      await session[Symbol.asyncDispose]();
    }
  }
}
