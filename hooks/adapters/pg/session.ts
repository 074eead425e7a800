import { Socket } from "node:net";
import pg from "pg";
import type { Secret } from "../../kit/secret.ts";
import type { Bounds } from "../../ports/manager.ts";
import { withinBounds } from "./cut.ts";

export interface SessionTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: Secret;
  readonly database: string;
  /** Startup options, `-c name=value …`. Never empty: an empty field would be filled from PGOPTIONS. */
  readonly options: string;
  /** As pg_stat_activity shows it. */
  readonly applicationName?: string;
  /** Longest wait from TCP to the first prompt, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** Called as each notice arrives, while the statement still runs. */
  readonly onNotice?: (notice: Notice) => void;
}

export interface Notice {
  readonly severity: string;
  readonly text: string;
}

/** Values as text, as the simple protocol sends them; NULL is undefined. */
export type Row = Readonly<Record<string, string | undefined>>;

export interface Answer {
  readonly rows: readonly Row[];
  readonly notices: readonly Notice[];
}

/** Everything stays text: a foreign catalog's types are parsed where their meaning is known. */
const asText = { getTypeParser: () => (value: unknown) => value };
const goodbyeMs = 500;

/**
 * One PostgreSQL session, simple protocol only, one query at a time. Errors are pg's own (DatabaseError, socket errors) or `Cut`;
 * after a Cut the session is gone.
 */
export class PgSession implements AsyncDisposable {
  readonly #client: pg.Client;
  readonly #socket: Socket;
  #notices: Notice[] = [];
  #usable = true;

  private constructor(target: SessionTarget) {
    this.#socket = new Socket();
    this.#client = new pg.Client({
      host: target.host,
      port: target.port,
      user: target.user,
      password: target.password.reveal(),
      database: target.database,
      options: target.options,
      application_name: target.applicationName ?? "antdb_hooks",
      ssl: false,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5000,
      // Only a second line: withinBounds rings first, with a reason that can be told apart.
      connectionTimeoutMillis: target.connectTimeoutMs + 1000,
      stream: () => this.#socket,
      types: asText,
    });
    // Without a listener a connection that drops while idle would end the process.
    this.#client.on("error", () => (this.#usable = false));
    this.#client.on("end", () => (this.#usable = false));
    this.#client.on("notice", (notice) => {
      const told = { severity: notice.severity ?? "NOTICE", text: notice.message ?? "" };
      this.#notices.push(told);
      target.onNotice?.(told);
    });
  }

  static async connect(target: SessionTarget, bounds: Bounds): Promise<PgSession> {
    const session = new PgSession(target);
    const timeoutMs = Math.min(target.connectTimeoutMs, bounds.timeoutMs);
    try {
      await withinBounds(session.#client.connect(), { ...bounds, timeoutMs }, () => session.destroy());
    } catch (error) {
      session.destroy();
      throw error;
    }
    return session;
  }

  /** False once the connection is lost or was cut. */
  get usable(): boolean {
    return this.#usable;
  }

  /** @param text one statement, or several that form one transaction: then the last one's rows come back */
  async query(text: string, bounds: Bounds): Promise<Answer> {
    const results = await this.#send(text, bounds);
    return { rows: rowsOf(results.at(-1)), notices: this.#notices };
  }

  /** Several statements in one round trip and one transaction; the rows of each. */
  async queryAll(statements: readonly string[], bounds: Bounds): Promise<readonly (readonly Row[])[]> {
    const results = await this.#send(statements.join("; "), bounds);
    return statements.map((_, index) => rowsOf(results[index]));
  }

  async #send(text: string, bounds: Bounds): Promise<readonly unknown[]> {
    this.#notices = [];
    const result: unknown = await withinBounds(this.#client.query(text), bounds, () => this.destroy());
    return Array.isArray(result) ? (result as unknown[]) : [result];
  }

  /** Until `wake`, an open connection does not keep the process from ending. */
  rest(): void {
    this.#socket.unref();
  }

  wake(): void {
    this.#socket.ref();
  }

  /** Cuts the connection now; a statement under way goes on at the server, its outcome unknown. */
  destroy(): void {
    this.#usable = false;
    this.#socket.destroy();
  }

  /** Says goodbye, but does not wait for an answer from somebody who may be gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#usable) {
      this.destroy();
      return;
    }
    const bounds = { timeoutMs: goodbyeMs, signal: new AbortController().signal };
    await withinBounds(this.#client.end(), bounds, () => this.destroy()).catch(() => undefined);
    this.destroy();
  }
}

function rowsOf(result: unknown): Row[] {
  if (typeof result !== "object" || result === null || !("rows" in result) || !Array.isArray(result.rows))
    return [];
  return result.rows.map((row: object) =>
    Object.fromEntries(
      Object.entries(row).map(([key, value]: [string, unknown]) => [
        key,
        typeof value === "string" ? value : undefined,
      ]),
    ),
  );
}
