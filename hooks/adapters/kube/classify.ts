import { ApiException } from "@kubernetes/client-node";
import { Failure, isFailure, type FailureFacts } from "../../model/failure.ts";

/** What was asked of the API, as RBAC has it: `list` `pods`. */
export interface Request {
  readonly verb: "get" | "list" | "create" | "update" | "patch" | "watch" | "delete";
  readonly resource: string;
  /** The object for the message: `pods of antdb`, `lease antdb-writer`. */
  readonly object: string;
}

/** The HTTP status of an API error; undefined when there was none (network, time-out). */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof ApiException ? error.code : undefined;

/**
 * The only place that reads client-node's errors. Its message holds body and headers, its body is JSON text, and a cut connection is a TypeError with
 * the cause inside (typescript reference §2.2): none of that goes further than here.
 */
export function kubeFailure(error: unknown, request: Request): Failure {
  if (isFailure(error)) return error;
  const { object } = request;
  if (error instanceof ApiException) {
    const what = `Kubernetes refused to ${request.verb} ${request.resource}: ${statusMessage(error.body, error.code)}`;
    // No cause: the exception's own text holds headers.
    return new Failure({ ...judge(error.code, request), what, object });
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const detail = cause instanceof Error ? cause.message : String(cause);
  const what = `the Kubernetes API did not answer (${request.verb} ${request.resource}): ${detail}`;
  return new Failure({ class: "retry", code: "api-unreachable", what, object }, { cause: error });
}

function judge(status: number, { verb, resource }: Request): Pick<FailureFacts, "class" | "code" | "remedy"> {
  switch (status) {
    case 401:
      return {
        class: "terminal",
        code: "api-login-refused",
        remedy: "the ServiceAccount's token is not accepted",
      };
    case 403:
      return {
        class: "terminal",
        code: "api-forbidden",
        remedy: `the ServiceAccount's Role must allow ${verb} on ${resource} in this namespace`,
      };
    case 404:
      return { class: "retry", code: "api-not-found" };
    case 409:
      return { class: "retry", code: "api-conflict" };
    case 400:
    case 405:
    case 422:
      return { class: "bug", code: "api-bad-request" };
    default:
      return { class: "retry", code: status === 429 ? "api-busy" : "api-error" };
  }
}

/** `message` of the Status object in the body, or the number alone. */
function statusMessage(body: unknown, status: number): string {
  if (typeof body !== "string") return `status ${status}`;
  try {
    const parsed: unknown = JSON.parse(body);
    if (
      typeof parsed === "object" &&
      parsed !== null &&
      "message" in parsed &&
      typeof parsed.message === "string"
    )
      return parsed.message;
  } catch {
    // A proxy's HTML, or nothing: the number says enough.
  }
  return `status ${status}`;
}
