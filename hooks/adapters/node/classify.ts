import { Failure, isFailure, type FailureFacts } from "../../model/failure.ts";
import type { NodeFact } from "../../model/snapshot.ts";
import { troubleOf, type Trouble } from "../../adapters/pg/trouble.ts";

/** What went wrong in a look, as the fact it is. */
export function factOf(error: unknown, phase: "connect" | "query"): NodeFact {
  const trouble = troubleOf(error, phase);
  switch (trouble.kind) {
    case "down":
      return { state: "down", detail: trouble.detail };
    case "unreachable":
      return { state: "unreachable", detail: trouble.detail };
    case "server":
      return { state: "refused", code: trouble.sqlState, detail: trouble.message };
    case "cut":
      return { state: "refused", code: phase === "connect" ? "cut" : "silent", detail: trouble.detail };
    case "other":
      return { state: "refused", code: "unexpected", detail: trouble.detail };
  }
}

type Verdict = Pick<FailureFacts, "class" | "code"> & Partial<Pick<FailureFacts, "remedy">>;

const byState: Readonly<Record<string, Verdict>> = {
  "28P01": { class: "wait", code: "login-refused" },
  "28000": { class: "wait", code: "login-refused" },
  "57P03": { class: "wait", code: "node-starting" },
  "57P01": { class: "retry", code: "node-shut-down" },
  "57P02": { class: "retry", code: "node-crashed" },
  // lock_timeout, and a deadlock: whoever holds it may be done soon.
  "55P03": { class: "retry", code: "locked" },
  "40P01": { class: "retry", code: "locked" },
  // While a node is appended, or somebody holds pgxc_lock_for_backup() (src/backend/utils/adt/lockfuncs.c); also on a standby.
  "25006": {
    class: "wait",
    code: "cluster-locked",
    remedy:
      "a node is being added, or somebody holds pgxc_lock_for_backup(): it goes on by itself afterwards",
  },
  "57014": { class: "unknown-outcome", code: "timed-out" },
  "42501": {
    class: "terminal",
    code: "no-permission",
    remedy: "the program's role must be a superuser of the nodes",
  },
  "53100": { class: "terminal", code: "disk-full", remedy: "make the node's volume larger" },
};

/** Any error of a node session as the one Failure that leaves this adapter. Everything done on nodes may be done again. */
export function nodeFailure(
  error: unknown,
  node: string,
  doing: string,
  phase: "connect" | "query",
): Failure {
  if (isFailure(error)) return error;
  const trouble = troubleOf(error, phase);
  const detail =
    trouble.kind === "server"
      ? [trouble.message, trouble.detail].filter((text) => text !== undefined).join(": ")
      : trouble.detail;
  return new Failure({ ...judge(trouble), what: `${doing}: ${detail}`, object: node }, { cause: error });
}

function judge(trouble: Trouble): Verdict {
  switch (trouble.kind) {
    case "down":
      return { class: "wait", code: "node-down" };
    case "unreachable":
      return { class: "wait", code: "node-unreachable" };
    case "cut":
      return { class: "unknown-outcome", code: "connection-cut" };
    case "server":
      return byState[trouble.sqlState] ?? { class: "retry", code: "node-error" };
    case "other":
      return { class: "bug", code: "unexpected" };
  }
}
