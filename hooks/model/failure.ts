/**
 * What a failure means for the caller:
 * - `retry`: may go away by itself; worth another run.
 * - `wait`: the world is not ready yet (a pod is starting); look again soon.
 * - `terminal`: a retry cannot help; somebody has to decide.
 * - `unknown-outcome`: the command may or may not have been carried out; observe before anything else.
 * - `bug`: this program is wrong.
 */
export type FailureClass = "retry" | "wait" | "terminal" | "unknown-outcome" | "bug";

export interface FailureFacts {
  readonly class: FailureClass;
  /** Static, for machines and searches: `agent-unreachable`, `volume-holds-data`. */
  readonly code: string;
  /** What went wrong, in one sentence without the object's name. */
  readonly what: string;
  /** The object it happened on: `dn_0`, `pod antdb-cn-1`, `manager`. */
  readonly object: string;
  /** What to type or change next. */
  readonly remedy?: string;
}

const brand = Symbol.for("antdb.failure");

/** The only error that leaves an adapter. Recognised by a brand, not by instanceof, so that it survives bundling. */
export class Failure extends Error {
  readonly [brand] = true;
  readonly facts: FailureFacts;

  constructor(given: FailureFacts, options?: { cause?: unknown }) {
    // Engines end their messages with line breaks; a cause is one line everywhere it is shown.
    const facts = { ...given, what: given.what.replaceAll(/\s+/g, " ").trim() };
    super(`${facts.object}: ${facts.what}${facts.remedy === undefined ? "" : `; ${facts.remedy}`}`, options);
    this.name = "Failure";
    this.facts = facts;
  }
}

export const isFailure = (error: unknown): error is Failure =>
  typeof error === "object" && error !== null && brand in error;

/** Anything thrown, as a Failure: what no adapter translated is a bug of ours. */
export function toFailure(error: unknown, object: string): Failure {
  if (isFailure(error)) return error;
  const what = error instanceof Error ? error.message : String(error);
  return new Failure({ class: "bug", code: "unexpected", what, object }, { cause: error });
}
