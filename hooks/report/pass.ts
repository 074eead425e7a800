import type { ActionKind, Plan } from "../model/action.ts";
import { changedDatabase, type Outcome, type RunResult } from "../model/outcome.ts";
import type { PassRecord } from "../model/pass.ts";
import { rebuiltWords } from "./rebuilt.ts";

/** What a run did, one entry an action: `start-node dn_0`. */
export const deedsOf = (done: readonly Outcome[]): readonly string[] =>
  done
    .filter(({ failure }) => failure === undefined)
    .map(({ step: { action } }) =>
      action.kind === "rebuild-catalog" ? rebuiltWords(action) : `${action.kind} ${action.target}`,
    );

/** How the pass ended and why; two passes of one verdict say the same thing. */
export function verdictOf(result: RunResult): string {
  if (result.end === "converged") return "the cluster is as the values ask";
  const { object, what, remedy } = result.failure.facts;
  return `${object}: ${what}${remedy === undefined ? "" : `. Next: ${remedy}`}`;
}

/** What is left alone, each with the way out. */
export const leftAloneOf = (plan: Plan | undefined): readonly string[] =>
  (plan?.leftAlone ?? []).map(
    ({ object, reason, remedy }) => `${object}: ${reason}${remedy === undefined ? "" : `; ${remedy}`}`,
  );

/** An event for Kubernetes, before its pod is known. */
export interface Telling {
  readonly type: "Normal" | "Warning";
  readonly reason: "Healed" | "Refused" | "Failed";
  readonly message: string;
  /** The node or pod it is about; undefined when it is about several. */
  readonly about: string | undefined;
}

/** The API takes no more in an event's message. */
const mostBytes = 1024;

export function bounded(text: string): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= mostBytes) return text;
  // A character cut in two becomes a replacement mark, which goes as well.
  return `${new TextDecoder().decode(bytes.slice(0, mostBytes - 6)).replace(/\uFFFD$/, "")}…`;
}

/**
 * What people are told of a pass: what was done to the database or to routing, and what somebody has to decide or what failed, once until it is another thing.
 * That something is waited for is no news.
 */
export function tellingsOf({ result }: PassRecord, changed: boolean): readonly Telling[] {
  const told = result.done.filter(
    (outcome) =>
      changedDatabase(outcome) ||
      (outcome.failure === undefined && outcome.step.action.kind === "withdraw-pod"),
  );
  const healed = told.length === 0 ? [] : [healing(told, result)];
  if (!changed || result.end === "converged" || result.end === "waiting") return healed;
  const { facts } = result.failure;
  if (result.end !== "refused" && facts.class === "wait") return healed;
  const reason = result.end === "refused" ? "Refused" : "Failed";
  const message = bounded(verdictOf(result));
  return [...healed, { type: "Warning", reason, message, about: facts.object }];
}

/** What is done to the node that something happened to; the rest follows from it on others. */
const atTheHeart = new Set<ActionKind>(["alter-host", "start-node", "append-node", "reconnect-gtm"]);

function healing(told: readonly Outcome[], result: RunResult): Telling {
  const actions = told.map(({ step }) => step.action);
  const heart = actions.filter(({ kind }) => atTheHeart.has(kind));
  const targets = new Set((heart.length > 0 ? heart : actions).map(({ target }) => target));
  const rest = result.end === "converged" ? "" : `; not finished: ${verdictOf(result)}`;
  return {
    type: "Normal",
    reason: "Healed",
    message: bounded(`${deedsOf(told).join(", ")}${rest}`),
    about: targets.size === 1 ? [...targets][0] : undefined,
  };
}
