import { Failure, isFailure, type FailureFacts } from "../../model/failure.ts";
import { troubleOf, type Trouble } from "../../adapters/pg/trouble.ts";

/** What was being done, for the message and for the class of an open end. */
export interface Attempt {
  /** The object the message names: `dn_0`, `manager`. */
  readonly object: string;
  readonly phase: "connect" | "query";
  /** A read can simply be tried again; after a write that was cut off nobody knows. */
  readonly effect: "read" | "write";
}

type Verdict = Pick<FailureFacts, "class" | "code"> & Partial<Pick<FailureFacts, "what" | "remedy">>;

/** The manager's own messages, most of which carry no SQLSTATE but XX000 (manager reference §2). First match wins. */
const byText: readonly (readonly [RegExp, Verdict])[] = [
  // APPEND has tried for a minute; the next look says who has it.
  [/cannot lock cluster for backup/, waiting("ddl-locked")],
  [
    /agent on host\(.*\) may be not running|agent is not running|could not connect socket for agent/,
    waiting("agent-unreachable"),
  ],
  [
    /get adb manager local ip/,
    waiting("no-agent-reachable", "the manager reaches no agent: look at the release's pods"),
  ],
  [/directory ".*" (is not empty|exists but is not empty)|is not empty/, terminal("volume-holds-data")],
  [
    /still running, please stop it|is running, (stop it first|cannot be cleaned)/,
    { class: "retry", code: "still-running" },
  ],
  [
    /has been initialized|already exists in cluster|is already exist in node table|already exists/,
    { class: "retry", code: "already-there" },
  ],
  [/is not running|not running normal|connect to .* failed|get conn from/, waiting("node-not-running")],
  // Its master lists it no more, or its connection of before as well: the next look tells.
  [/the streaming replication of .* is not normal/, waiting("not-streaming")],
  [
    /permission denied|must be superuser/,
    terminal("no-permission", "the program's role must be a superuser of the manager"),
  ],
  [
    /cannot assign TransactionIds during recovery|cannot execute .* during recovery/,
    terminal("manager-is-standby"),
  ],
];

const byState: Readonly<Record<string, Verdict>> = {
  "28P01": terminal(
    "password-refused",
    "hooks-password in the credentials Secret is not the one the manager was made with",
  ),
  "28000": terminal("login-refused", "the manager's pg_hba.conf must let the program's role in by password"),
  "3D000": terminal("no-such-database"),
  "53300": { class: "retry", code: "too-many-connections" },
  "57P01": { class: "unknown-outcome", code: "manager-shut-down" },
  "57P02": { class: "unknown-outcome", code: "manager-crashed" },
  "57P03": waiting("manager-starting"),
  "42710": { class: "retry", code: "already-there" },
  "42704": { class: "retry", code: "not-there" },
  "55006": terminal("object-in-use"),
  "42601": { class: "bug", code: "statement-refused" },
  "42501": terminal("no-permission"),
};

function waiting(code: string, remedy?: string): Verdict {
  return { class: "wait", code, ...(remedy === undefined ? {} : { remedy }) };
}

function terminal(code: string, remedy?: string): Verdict {
  return { class: "terminal", code, ...(remedy === undefined ? {} : { remedy }) };
}

/** Any error of a manager session as the one Failure that leaves this adapter. */
export function managerFailure(error: unknown, attempt: Attempt): Failure {
  if (isFailure(error)) return error;
  const trouble = troubleOf(error, attempt.phase);
  const verdict = judge(trouble, attempt);
  const what =
    verdict.what ?? (trouble.kind === "server" ? oneLine(trouble.message, trouble.detail) : trouble.detail);
  return new Failure({ ...verdict, what, object: attempt.object }, { cause: error });
}

function judge(trouble: Trouble, { effect, phase }: Attempt): Verdict {
  switch (trouble.kind) {
    case "down":
      return waiting("manager-down");
    case "unreachable":
      return waiting("manager-unreachable");
    case "cut":
      return effect === "write" && phase === "query"
        ? { class: "unknown-outcome", code: "connection-cut" }
        : { class: "retry", code: "connection-cut" };
    case "server":
      return judgeServer(trouble.sqlState, trouble.message, effect);
    case "other":
      return { class: "bug", code: "unexpected" };
  }
}

function judgeServer(sqlState: string, message: string, effect: Attempt["effect"]): Verdict {
  // statement_timeout: the manager's flags are changed in place and do not roll back (manager reference §1.5).
  if (sqlState === "57014")
    return effect === "write"
      ? { class: "unknown-outcome", code: "timed-out" }
      : { class: "retry", code: "timed-out" };
  const text = byText.find(([pattern]) => pattern.test(message));
  return text?.[1] ?? byState[sqlState] ?? { class: "retry", code: "manager-error" };
}

/** A result row that says f (manager reference §2: it is not an ERROR). */
export function rowFailure(object: string, command: string, description: string): Failure {
  const text = oneLine(description);
  const verdict =
    byText.find(([pattern]) => pattern.test(text))?.[1] ??
    ({ class: "retry", code: "manager-row-failed" } satisfies Verdict);
  return new Failure({
    ...verdict,
    what: `${command}: ${text === "" ? "failed without a word" : text}`,
    object,
  });
}

/** pg_ctl's words when the node runs already (src/bin/pg_ctl/pg_ctl.c, and the postmaster's lock file message behind it). */
export const saysAlreadyRunning = (description: string): boolean =>
  /another server might be running|lock file ".*" already exists|already running/.test(description);

/** pg_ctl's words when there is nothing to stop; the last two of a directory that is empty, half made or not there (src/bin/pg_ctl/pg_ctl.c). */
export const saysNotRunning = (description: string): boolean =>
  /PID file ".*" does not exist|Is server running\?|not running|no such process|is not a database cluster directory|directory ".*" does not exist/i.test(
    description,
  );

const mostCharacters = 300;
function oneLine(...texts: readonly (string | undefined)[]): string {
  const line = texts
    .filter((text) => text !== undefined)
    .join(": ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line;
}
