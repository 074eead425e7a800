import { Cut } from "./cut.ts";

/** What an error from a PostgreSQL connection says about the other side, before anyone decides what it means. */
export type Trouble =
  /** The host answers, nothing listens on the port. */
  | { readonly kind: "down"; readonly detail: string }
  /** No answer: no route, or silence. */
  | { readonly kind: "unreachable"; readonly detail: string }
  /** The server's own error, with its SQLSTATE. */
  | { readonly kind: "server"; readonly sqlState: string; readonly message: string; readonly detail?: string }
  /** The connection ended, or was ended by us, in the middle. */
  | { readonly kind: "cut"; readonly detail: string }
  /** Not from the wire at all. */
  | { readonly kind: "other"; readonly detail: string };

const bySocketCode: Readonly<Record<string, "down" | "unreachable" | "cut">> = {
  ECONNREFUSED: "down",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ETIMEDOUT: "unreachable",
  EHOSTDOWN: "unreachable",
  ECONNRESET: "cut",
  EPIPE: "cut",
  ECONNABORTED: "cut",
  ERR_STREAM_DESTROYED: "cut",
};

/** pg's own words, which carry no code. */
const byWords: readonly (readonly [RegExp, "unreachable" | "cut"])[] = [
  [/^Connection terminated|^Client (was closed|has encountered)|^This socket has been ended/, "cut"],
  [/^timeout expired$/, "unreachable"],
];

/** @param phase a silent server is unreachable while connecting; afterwards the statement's outcome is open */
export function troubleOf(error: unknown, phase: "connect" | "query"): Trouble {
  if (error instanceof Cut)
    return { kind: phase === "connect" ? "unreachable" : "cut", detail: error.message };
  if (!(error instanceof Error)) return { kind: "other", detail: String(error) };
  const code = textField(error, "code") ?? "";
  if (isSqlState(code) && textField(error, "severity") !== undefined) return serverTrouble(code, error);
  const kind = bySocketCode[code] ?? byWords.find(([words]) => words.test(error.message))?.[1] ?? "other";
  return { kind, detail: error.message };
}

const isSqlState = (code: string): boolean => /^[0-9A-Z]{5}$/.test(code);

function serverTrouble(sqlState: string, error: Error): Trouble {
  const detail = textField(error, "detail");
  return { kind: "server", sqlState, message: error.message, ...(detail === undefined ? {} : { detail }) };
}

function textField(error: Error, key: string): string | undefined {
  const value: unknown = Reflect.get(error, key);
  return typeof value === "string" ? value : undefined;
}
