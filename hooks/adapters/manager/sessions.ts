import type { Secret } from "../../kit/secret.ts";
import type { Log } from "../../ports/log.ts";
import type { Bounds } from "../../ports/manager.ts";
import { quietLog } from "../../adapters/pg/quiet-log.ts";
import { PgSession, type Answer, type Notice } from "../../adapters/pg/session.ts";
import { managerFailure, type Attempt } from "./classify.ts";
import { statements } from "./statements.ts";

/** What a session speaks: the manager's own grammar, or SQL (GUC command_mode, manager reference §1.5). */
export type Mode = "manager" | "sql";

export interface Access {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password: Secret;
  readonly connectTimeoutMs: number;
}

/** "antdb" in two keys; shared, because commands of one run may go side by side: the writer's lease keeps runs apart. */
const mark = "1634628708, 98";
const takeMark = `SELECT pg_advisory_lock_shared(${mark})`;

/** Whether a long command of this program runs at the manager, its client there or not. */
export const busyQuery =
  "SELECT count(*) > 0 AS busy FROM pg_locks WHERE locktype = 'advisory' AND granted " +
  `AND (classid, objid, objsubid) = (${mark}, 2)`;

/** How much longer the client waits than the server was told to, so that the server's own answer arrives. */
const graceMs = 3000;

/**
 * Sessions of one manager, opened as they are needed and used by one statement at a time; verbs that run side by side get one each.
 * A session that was cut is never used again.
 */
export class ManagerSessions implements AsyncDisposable {
  readonly #access: Access;
  readonly #log: Log;
  readonly #idle: Record<Mode, PgSession[]> = { manager: [], sql: [] };
  readonly #open = new Set<PgSession>();

  constructor(access: Access, log: Log) {
    this.#access = access;
    this.#log = log;
  }

  /**
   * Runs one statement.
   * `marked`: in a session of its own (INIT ALL's options stay behind in one, reference §1.5) that holds the program's advisory lock: the server
   * keeps both for as long as the statement runs there, even when this client is long gone, and `busyQuery` sees it.
   */
  async run(
    mode: Mode,
    text: string,
    attempt: Pick<Attempt, "object" | "effect">,
    options: Bounds & { readonly marked?: boolean },
  ): Promise<Answer> {
    const marked = options.marked === true;
    const session = await this.#take(marked ? "sql" : mode, options, marked);
    const timeout = statements.setTimeout(options.timeoutMs);
    try {
      for (const before of marked ? [takeMark, "SET command_mode = mgr", timeout] : [timeout])
        await session.query(before, { ...options, timeoutMs: graceMs });
    } catch (error) {
      await this.#drop(session);
      throw managerFailure(error, { ...attempt, phase: "query", effect: "read" });
    }
    try {
      return await session.query(text, { ...options, timeoutMs: options.timeoutMs + graceMs });
    } catch (error) {
      throw managerFailure(error, { ...attempt, phase: "query" });
    } finally {
      // A marked session is waited for: its lock is gone before the next look at the manager.
      if (marked || !session.usable) await this.#drop(session);
      else this.#idle[mode].push(session);
    }
  }

  /**
   * Statements of both modes in one transaction, in a session of their own: the manager's ADD, DROP and SET CLUSTER INIT are ordinary changes of its catalog and
   * roll back with the rest (manager reference §1.5). A client that goes away leaves nothing behind.
   * @param work hands each statement to the session and may look at its answer
   */
  async inTransaction(
    attempt: Pick<Attempt, "object" | "effect">,
    bounds: Bounds,
    work: (say: (mode: Mode, text: string) => Promise<Answer>) => Promise<void>,
  ): Promise<void> {
    const session = await this.#take("sql", bounds, true);
    const mode = { now: "sql" as Mode };
    const query = (text: string): Promise<Answer> =>
      session.query(text, { ...bounds, timeoutMs: bounds.timeoutMs + graceMs });
    try {
      await query(statements.setTimeout(bounds.timeoutMs));
      await query("BEGIN");
      await work(async (wanted, text) => {
        if (wanted !== mode.now) await query(`SET command_mode TO ${wanted === "sql" ? "sql" : "mgr"}`);
        mode.now = wanted;
        return await query(text);
      });
      if (mode.now !== "sql") await query("SET command_mode TO sql");
      await query("COMMIT");
    } catch (error) {
      throw managerFailure(error, { ...attempt, phase: "query" });
    } finally {
      await this.#drop(session);
    }
  }

  /** Opens a session ahead of its first use, so that a manager that is not there is found out now. */
  async open(mode: Mode, bounds: Bounds): Promise<void> {
    this.#idle[mode].push(await this.#take(mode, bounds, false));
  }

  async #take(mode: Mode, bounds: Bounds, fresh: boolean): Promise<PgSession> {
    for (
      let idle = fresh ? undefined : this.#idle[mode].pop();
      idle !== undefined;
      idle = this.#idle[mode].pop()
    ) {
      if (idle.usable) return idle;
      await this.#drop(idle);
    }
    const { address, ...access } = this.#access;
    // INFO always reaches the client; NOTICE is how long commands tell their progress.
    const options = `-c command_mode=${mode === "sql" ? "sql" : "mgr"} -c client_min_messages=notice ${quietLog}`;
    const target = {
      ...access,
      host: address,
      database: "postgres",
      options,
      onNotice: (notice: Notice) => this.#tell(notice),
    };
    try {
      const session = await PgSession.connect(target, bounds);
      this.#open.add(session);
      return session;
    } catch (error) {
      throw managerFailure(error, { object: "manager", phase: "connect", effect: "read" });
    }
  }

  async #drop(session: PgSession): Promise<void> {
    this.#open.delete(session);
    await session[Symbol.asyncDispose]();
  }

  /** INFO is what LIST NODE SIZE says of each directory that is not there yet: it is read where it matters, and would fill a log. */
  #tell({ severity, text }: Notice): void {
    if (severity === "INFO") return;
    this.#log.write(severity === "WARNING" ? "warn" : "info", { event: "manager-notice", severity, text });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#open].map((session) => session[Symbol.asyncDispose]()));
    this.#open.clear();
  }
}
