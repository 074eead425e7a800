import type { Step } from "../model/action.ts";
import type { Outcome } from "../model/outcome.ts";
import { isFlushable, planFallback } from "../plan/fallback.ts";
import type { Run, Seen } from "./run.ts";

/** A node that is just coming up refuses for moments; three passes are some seconds. */
const refusalsBefore = 3;

/** The manager's own way, once a run, when the gentle way was refused for the third time in a row; undefined otherwise. */
export function fallback(run: Run, { snapshot }: Seen, outcomes: readonly Outcome[]): Step | undefined {
  const { gentle, topology } = run;
  const failed = outcomes.find(({ step, failure }) => failure !== undefined && isFlushable(step.action.kind));
  if (failed === undefined) {
    if (outcomes.every(({ failure }) => failure === undefined)) gentle.refusals = 0;
    return undefined;
  }
  gentle.refusals += 1;
  if (gentle.givenUp || gentle.refusals < refusalsBefore) return undefined;
  gentle.givenUp = true;
  const { kind, target } = failed.step.action;
  const refused = `${kind} ${target}: ${failed.failure?.facts.what ?? ""}`;
  const found = planFallback(topology, snapshot, refused);
  if ("step" in found) return found.step;
  run.ports.log.write("warn", {
    event: "no-fallback",
    refused,
    why: `FLUSH HOST would fail: ${found.whyNot}`,
  });
  return undefined;
}
