/** Parts of Kubernetes objects in lists and maps of the user's, as far as a misspelt key can be told from a right one. */
import { listOf, oneOf, type Schema, strict, strings, text, whole } from "./schema-parts.ts";

/** Which pods, or which namespaces. */
export const labelSelector = strict({
  matchLabels: strings,
  matchExpressions: listOf(
    strict({ key: text, operator: oneOf("In", "NotIn", "Exists", "DoesNotExist"), values: listOf(text) }),
  ),
});
export const toleration = strict({
  key: text,
  operator: oneOf("Exists", "Equal", "Lt", "Gt"),
  value: text,
  effect: oneOf("", "NoSchedule", "PreferNoSchedule", "NoExecute"),
  tolerationSeconds: { type: "integer" },
});
export const spreadConstraint: Schema = {
  ...strict({
    maxSkew: whole(1, 1000),
    minDomains: whole(1, 1000),
    topologyKey: { type: "string", minLength: 1 },
    whenUnsatisfiable: oneOf("DoNotSchedule", "ScheduleAnyway"),
    labelSelector,
    matchLabelKeys: listOf(text),
    nodeAffinityPolicy: oneOf("Honor", "Ignore"),
    nodeTaintsPolicy: oneOf("Honor", "Ignore"),
  }),
  required: ["maxSkew", "topologyKey", "whenUnsatisfiable"],
};
export const rollingUpdate = strict({
  partition: { type: "integer", minimum: 0 },
  maxUnavailable: { type: ["integer", "string"] },
});
export const container: Schema = { type: "object", required: ["image"] };
