import { Failure, isFailure, type FailureFacts } from "../../model/failure.ts";
import type { Knock } from "../../model/trial.ts";
import { troubleOf, type Trouble } from "../../adapters/pg/trouble.ts";

type Verdict = Pick<FailureFacts, "class" | "code"> & Partial<Pick<FailureFacts, "remedy">>;

const byState: Readonly<Record<string, Verdict>> = {
  "28P01": {
    class: "terminal",
    code: "password-refused",
    remedy: "the Secret's password is not the role's: reconcile sets it from the Secret",
  },
  "28000": {
    class: "terminal",
    code: "not-let-in",
    remedy: "the networks in clients.cidrs must hold the pod network",
  },
  "3D000": { class: "retry", code: "no-database", remedy: "reconcile makes it" },
  "42501": {
    class: "terminal",
    code: "no-permission",
    remedy: "the application's role must be allowed to create a schema in its database",
  },
  "57P03": { class: "wait", code: "starting" },
};

/** Any error of a client's session as the one Failure that leaves this adapter. */
export function clientFailure(
  error: unknown,
  object: string,
  doing: string,
  phase: "connect" | "query",
): Failure {
  if (isFailure(error)) return error;
  const trouble = troubleOf(error, phase);
  const detail =
    trouble.kind === "server"
      ? [trouble.message, trouble.detail].filter((text) => text !== undefined).join(": ")
      : trouble.detail;
  return new Failure({ ...judge(trouble), what: `${doing}: ${detail}`, object }, { cause: error });
}

function judge(trouble: Trouble): Verdict {
  switch (trouble.kind) {
    case "down":
    case "unreachable":
      return { class: "wait", code: `server-${trouble.kind}` };
    case "cut":
      return { class: "unknown-outcome", code: "connection-cut" };
    case "server":
      return byState[trouble.sqlState] ?? { class: "retry", code: "server-error" };
    case "other":
      return trouble.detail.includes("ENOTFOUND") || trouble.detail.includes("EAI_AGAIN")
        ? { class: "wait", code: "no-such-name" }
        : { class: "bug", code: "unexpected" };
  }
}

/** A postgres that starts, stops or recovers says so (57P03); any other word means that it is up. */
export function knockOf(error: unknown): Knock {
  const trouble = troubleOf(error, "connect");
  switch (trouble.kind) {
    case "server":
      return trouble.sqlState === "57P03" ? "starting" : "answers";
    case "down":
      return "refused";
    case "unreachable":
    case "cut":
    case "other":
      return "silent";
  }
}
