/** How the disruption controller counts (k8s.io/kubernetes, pkg/controller/disruption/disruption.go), for rendered budgets. */
import type { Manifest } from "./manifest.ts";

export interface LivePod {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What its StatefulSet asks for: maxUnavailable counts from this, minAvailable from the pods that are there. */
  readonly scale: { readonly owner: string; readonly replicas: number };
}

interface Budget {
  readonly maxUnavailable?: number;
  readonly minAvailable?: number;
  readonly selector: {
    readonly matchLabels: Readonly<Record<string, string>>;
    readonly matchExpressions: readonly { key: string; operator: string; values: readonly string[] }[];
  };
}

const stateOf: Readonly<Record<string, string>> = {
  ...{ gc: "master", gcs: "slave", cn: "coordinator", cr: "coordinator", dn: "master", ds: "slave" },
};

/** Every pod of the StatefulSets, up and in the cluster: with the labels that the controller and the program add. */
export const livePods = (manifests: readonly Manifest[]): LivePod[] =>
  manifests.flatMap(({ kind, metadata, spec }) => {
    if (kind !== "StatefulSet" || spec?.template === undefined) return [];
    const labels = spec.template.metadata.labels ?? {};
    const state = stateOf[labels["antdb.io/role"] ?? ""];
    const replicas = spec.replicas ?? 1;
    return Array.from({ length: replicas }, (_, index) => ({
      name: `${metadata.name}-${index}`,
      labels: {
        ...labels,
        "apps.kubernetes.io/pod-index": String(index),
        ...(state === undefined ? {} : { "antdb.io/state": state }),
      },
      scale: { owner: metadata.name, replicas },
    }));
  });

export const budgetsOf = (manifests: readonly Manifest[]): { name: string; budget: Budget }[] =>
  manifests
    .filter(({ kind }) => kind === "PodDisruptionBudget")
    .map(({ metadata, spec }) => ({ name: metadata.name, budget: spec as unknown as Budget }));

export const covers = ({ selector }: Budget, { labels }: LivePod): boolean =>
  Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value) &&
  selector.matchExpressions.every(
    ({ key, operator, values }) => operator === "In" && values.includes(labels[key] ?? ""),
  );

/** How many of the pods, all of them ready, may be evicted now. */
export const disruptionsAllowed = (budget: Budget, pods: readonly LivePod[]): number => {
  const covered = pods.filter((pod) => covers(budget, pod));
  if (budget.minAvailable !== undefined) return Math.max(0, covered.length - budget.minAvailable);
  const scales = new Map(covered.map(({ scale }) => [scale.owner, scale.replicas]));
  const expected = [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
  return Math.max(0, covered.length - (expected - (budget.maxUnavailable ?? 0)));
};
