import type { Topology } from "../model/topology.ts";
import type { Culprit, Trial } from "../model/trial.ts";
import type { ExitCode } from "./exit-code.ts";

/** 0 passed; 1 failed, worth another try; 2 when somebody has to decide first; 3 when the time ran out with nobody to blame. */
export function trialExitCode({ failure, culprits }: Trial): ExitCode {
  if (culprits.length > 0) return 1;
  if (failure === undefined) return 0;
  if (failure.facts.code === "deadline") return 3;
  return failure.facts.class === "terminal" ? 2 : 1;
}

const shown = 3;

/** The last line of a test: what works, or who is to blame, why, and what to type next. */
export function trialLine(
  trial: Trial,
  release: Topology["release"],
  watcher: { readonly enabled: boolean; readonly deployment: string },
): string {
  const { failure, culprits } = trial;
  if (failure === undefined && culprits.length === 0) return `test: passed: ${served(trial)}`;
  const named = culprits.slice(0, shown).map(({ node, reason }) => `${node}: ${reason}`);
  const more = culprits.length > shown ? [`and ${culprits.length - shown} more`] : [];
  const client =
    failure === undefined
      ? [`clients are served all the same: ${served(trial)}`]
      : [`clients are not served: ${failure.facts.object}: ${failure.facts.what}`];
  const next =
    failure?.facts.remedy !== undefined && culprits.length === 0 ? `${failure.facts.remedy}; ` : "";
  return `test: failed: ${[...named, ...more, ...client].join("; ")}. Next: ${next}${command(culprits[0], release, watcher)}`;
}

function served({ rowsPerNode, readers, service }: Trial): string {
  const rows = [...rowsPerNode].sort(([a], [b]) => (a < b ? -1 : 1)).map(([node, held]) => `${node} ${held}`);
  const total = [...rowsPerNode.values()].reduce((sum, held) => sum + held, 0);
  return (
    `${total} rows written through ${service} (${rows.join(", ")}), read through ${readers.join(", ")}; ` +
    "a wrong password is refused"
  );
}

function command(
  culprit: Culprit | undefined,
  { name, namespace }: Topology["release"],
  watcher: { readonly enabled: boolean; readonly deployment: string },
): string {
  const kubectl = `kubectl -n ${namespace}`;
  if (culprit?.reason.includes("does not exist") === true)
    return `${kubectl} get statefulset,pod,pvc -l app.kubernetes.io/instance=${name}`;
  if (
    culprit?.reason.startsWith(`pod ${culprit.pod}:`) === true ||
    culprit?.reason.endsWith("not ready") === true
  )
    return `${kubectl} describe pod ${culprit.pod}`;
  return watcher.enabled
    ? `${kubectl} exec deploy/${watcher.deployment} -- antdb status`
    : `helm upgrade ${name} <chart> -n ${namespace} --reuse-values puts right what can be`;
}
