{{/* PodDisruptionBudgets: how many pods of a group a drain may take at once. The eviction API refuses a pod that two of them
cover, so each pod belongs to one group at most. The label antdb.io/state is no part of it: it is withdrawn in trouble, for
one while gc is away, and a budget that chose by it would let go both of a pair just then. */}}

{{/* (root, component, name, components: whose pods, matchLabels, limit). */}}
{{- define "antdb.disruptionBudget" -}}
{{- $name := printf "%s-%s" (include "antdb.fullname" .root) .name -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "antdb.metadata" (dict "root" .root "component" .component "name" $name) | nindent 2 }}
spec:
  {{- toYaml .limit | nindent 2 }}
  unhealthyPodEvictionPolicy: {{ .root.Values.disruption.unhealthyPodEvictionPolicy }}
  selector:
    matchLabels:
      app.kubernetes.io/name: {{ include "antdb.name" .root }}
      app.kubernetes.io/instance: {{ .root.Release.Name }}
      {{- with .matchLabels }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    matchExpressions:
      - { key: app.kubernetes.io/component, operator: In, values: [{{ join ", " .components }}] }
{{- end -}}

{{/* (root, component): coordinators, one at a time; none for a single one, which no drain could ever pass. */}}
{{- define "antdb.coordinatorBudget" -}}
{{- if and .root.Values.disruption.enabled (gt (include "antdb.replicas" . | int) 1) -}}
{{- include "antdb.disruptionBudget" (merge (dict "name" .component "components" (list .component) "limit" (dict "maxUnavailable" 1)) .) -}}
{{- end -}}
{{- end -}}
