import type { LeftAlone, Plan } from "../model/action.ts";
import type { Failure } from "../model/failure.ts";
import { changedDatabase, type RunResult } from "../model/outcome.ts";
import { renderPlan } from "./plan-text.ts";

/** What the guard came to; the same shape as the loop's report, which this room does not see. */
export interface GuardFindings {
  readonly result: RunResult;
  readonly leaving: readonly string[];
  readonly barred?: readonly LeftAlone[];
  readonly plan?: Plan;
  readonly unseen?: Failure;
}

/** What people read before an upgrade touches anything: who leaves, why not, and what reconcile will do afterwards. */
export function renderGuard({ leaving, barred, plan, unseen }: GuardFindings): string {
  const head =
    leaving.length === 0
      ? "This release takes no node away."
      : `This release takes away: ${leaving.join(", ")}`;
  const why = (barred ?? []).map(
    ({ object, reason, remedy }) =>
      `   ${object}: ${reason}${remedy === undefined ? "" : `\n      ${remedy}`}`,
  );
  return [
    head,
    ...(unseen === undefined ? [] : [`The cluster can't be read: ${unseen.message}`]),
    ...(why.length === 0 ? [] : ["Refused:", ...why]),
    ...(plan === undefined ? [] : ["The plan it leads to, from how the cluster is now:", renderPlan(plan)]),
    "",
  ].join("\n");
}

const verdicts = {
  refused: "refused, nothing was changed",
  deadline: "not finished in time",
  waiting: "not finished in time",
  failed: "failed",
} as const;

/** The last line, also the container's termination message. */
export function guardLine({ result, leaving, barred, unseen }: GuardFindings): string {
  const { done } = result;
  const out = done.filter(changedDatabase).map(({ step: { action } }) => `${action.kind} ${action.target}`);
  if (result.end === "converged") {
    const blind =
      unseen === undefined ? "" : `; the cluster can't be read (${unseen.message}), and need not be`;
    return leaving.length === 0
      ? `guard: this release takes no node away${blind}`
      : `guard: ${leaving.join(", ")} out of the cluster (${out.length} actions), helm may take the pods away`;
  }
  const { object, what, remedy } = result.failure.facts;
  const more =
    (barred?.length ?? 0) > 1
      ? ` (and ${
          barred
            ?.slice(1)
            .map((entry) => entry.object)
            .join(", ") ?? ""
        })`
      : "";
  const deeds =
    out.length === 0
      ? ""
      : ` Done so far: ${out.join(", ")}; what is out comes back by itself if the release is not applied.`;
  const next = remedy ?? "raise the replicas again, or repair what it names and run helm upgrade again";
  return `guard: ${verdicts[result.end]}: ${object}: ${what}${more}. Next: ${next}.${deeds}`;
}
