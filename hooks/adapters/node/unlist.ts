import { Failure } from "../../model/failure.ts";
import type { Bounds } from "../../ports/manager.ts";
import type { NodeAddress } from "../../ports/node.ts";
import { identifier } from "../../adapters/pg/quote.ts";
import type { PgSession } from "../../adapters/pg/session.ts";
import { TimeBox } from "../../adapters/pg/time-box.ts";
import { nodeFailure } from "./classify.ts";
import { asking, databases } from "./ask.ts";
import { listedOn, tablesOn } from "./placement.ts";
import { openNode, type NodeAccess } from "./session.ts";

interface Where {
  readonly gtm: NodeAddress;
  readonly holders: readonly NodeAddress[];
  readonly datanode: NodeAddress;
  readonly silent?: true;
}

/**
 * Holds every database's DDL off while it lives. pgxc_lock_for_backup() on the gtm refuses DDL of every coordinator (25006), and is refused itself beside a
 * transaction that has done some (55P03); it is an advisory lock, and those are a database's own, so one session a database. No database is made meanwhile either.
 */
class DdlLock implements AsyncDisposable {
  readonly #sessions: PgSession[] = [];
  readonly #open: (database: string) => Promise<PgSession>;
  readonly #time: TimeBox;

  constructor(open: (database: string) => Promise<PgSession>, time: TimeBox) {
    this.#open = open;
    this.#time = time;
  }

  async take(): Promise<void> {
    const run = (session: PgSession, text: string) => session.query(text, this.#time.left());
    const first = await this.#add("postgres");
    await run(first, "BEGIN");
    await run(first, "LOCK TABLE pg_catalog.pg_database IN SHARE MODE");
    const { rows } = await run(first, databases);
    for (const row of rows) await run(await this.#add(row["name"] ?? ""), "SELECT pgxc_lock_for_backup()");
  }

  async #add(database: string): Promise<PgSession> {
    const session = await this.#open(database);
    this.#sessions.push(session);
    return session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session[Symbol.asyncDispose]()));
  }
}

function occupied(datanode: NodeAddress, holder: NodeAddress, names: readonly string[]): Failure {
  const what = `${holder.name} has tables on it again: ${names.join(", ")}`;
  return new Failure({
    class: "terminal",
    code: "holds-rows",
    what,
    object: datanode.name,
    remedy: `antdb drain ${datanode.name}`,
  });
}

/**
 * DROP NODE itself looks at no table, and what still lists a dropped node can't be read any more (seen): so the lock first, then the proof from every list and from the
 * datanode itself, then one statement for all lists, which commits everywhere or nowhere.
 */
export async function unlist(
  access: NodeAccess,
  { gtm, holders, datanode, silent }: Where,
  bounds: Bounds,
): Promise<void> {
  const time = new TimeBox(bounds);
  const open = (database: string): Promise<PgSession> => openNode(access, gtm, { database }, time.left());
  const doing = `take ${datanode.name} off the lists`;
  try {
    await using lock = new DdlLock(open, time);
    await lock.take();
    for (const holder of holders) {
      const ask = asking(access, time.left());
      const tables = await (silent === true ? listedOn : tablesOn)(ask, holder, datanode);
      if (tables.length > 0)
        throw occupied(
          datanode,
          holder,
          tables.map(({ database, name }) => `${database}.${name}`),
        );
    }
    await using session = await open("postgres");
    const all = holders.map(({ name }) => identifier(name)).join(", ");
    await session.query(`DROP NODE ${identifier(datanode.name)} ON (${all})`, time.left());
  } catch (error) {
    throw nodeFailure(error, datanode.name, doing, "query");
  }
}
