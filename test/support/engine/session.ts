// One session with a manager, and what a statement did there in a form a test can compare.
import type { EventEmitter } from "node:events";
import pg from "pg";

/** A statement's outcome: either rows and a tag, or an error. */
export type Outcome = {
  readonly tag?: string | undefined;
  readonly rows?: readonly (readonly unknown[])[] | undefined;
  readonly columns?: readonly (readonly [name: string, typeOid: number])[] | undefined;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly notices: readonly string[];
};

/** A session that reports outcomes instead of throwing. */
export type Session = {
  /** With a name the statement is prepared: the extended protocol instead of the simple one. */
  readonly run: (statement: string, name?: string) => Promise<Outcome>;
  readonly parameters: ReadonlyMap<string, string>;
  readonly close: () => Promise<void>;
};

/** Opens a session; `options` are the startup packet's, such as `-c command_mode=sql`. */
export async function openSession(url: string, options?: string): Promise<Session> {
  const client = new pg.Client({ connectionString: url, ...(options === undefined ? {} : { options }) });
  const connection = (client as unknown as { connection: EventEmitter }).connection;
  const parameters = new Map<string, string>();
  let tag: string | undefined;
  let notices: string[] = [];
  connection.on("parameterStatus", (message: { parameterName: string; parameterValue: string }) =>
    parameters.set(message.parameterName, message.parameterValue),
  );
  connection.on("commandComplete", (message: { text: string }) => (tag = message.text));
  client.on("notice", (notice) => notices.push(`${notice.severity ?? ""}: ${notice.message ?? ""}`));
  client.on("error", () => undefined);
  await client.connect();
  return {
    parameters,
    close: () => client.end(),
    run: async (statement, name) => {
      tag = undefined;
      notices = [];
      try {
        const result = await client.query<unknown[]>({
          text: statement,
          rowMode: "array",
          ...(name === undefined ? {} : { name }),
        });
        const last = Array.isArray(result) ? (result as pg.QueryArrayResult<unknown[]>[]).at(-1)! : result;
        return {
          tag,
          notices,
          rows: last.rows,
          columns: last.fields.map((field) => [field.name, field.dataTypeID]),
        };
      } catch (error) {
        const failure = error as pg.DatabaseError;
        return { code: failure.code, message: failure.message, notices };
      }
    },
  };
}
