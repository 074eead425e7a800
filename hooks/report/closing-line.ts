import { changedDatabase, type Outcome, type RunResult } from "../model/outcome.ts";
import { rebuiltLine } from "./rebuilt.ts";

const verdicts = {
  refused: "refused",
  deadline: "not finished in time",
  waiting: "not finished yet",
  failed: "failed",
} as const;

const isLabel = ({ failure, step }: Outcome): boolean =>
  failure === undefined && (step.action.kind === "label-pod" || step.action.kind === "withdraw-pod");

/** The last line of a run, also the container's termination message: cause, object, and what to type next. */
export function closingLine(
  command: string,
  result: RunResult,
  release: { name: string; namespace: string },
): string {
  if (result.end === "converged") {
    const count = result.done.filter(changedDatabase).length;
    const labels = result.done.filter(isLabel).length;
    const rebuilt = rebuiltLine(result.done);
    if (count === 0 && labels > 0)
      return `${command}: done, ${labels} pods labelled, the database needed nothing`;
    return count === 0
      ? `${command}: nothing to do, the cluster is as the values ask`
      : `${command}: done, ${rebuilt === undefined ? "" : `${rebuilt}; `}${count} action${count === 1 ? "" : "s"}, verified by a distributed write and read`;
  }
  const { object, what, remedy } = result.failure.facts;
  const again = `helm upgrade ${release.name} <chart> -n ${release.namespace} --reuse-values runs it again`;
  const next =
    result.end === "refused"
      ? (remedy ?? "it needs a decision: a retry cannot help")
      : result.end === "deadline"
        ? `${remedy === undefined ? "" : `${remedy}; `}it is safe to run again: ${again}`
        : `${remedy === undefined ? "" : `${remedy}; `}${again}`;
  const verdict = verdicts[result.end];
  return `${command}: ${verdict}: ${object}: ${what}. Next: ${next}`;
}
