{{/* (root, component): the StatefulSet of a role. Nothing in its pod template depends on a number of replicas. */}}
{{- define "antdb.statefulset" -}}
{{- $root := .root -}}
{{- $settings := include "antdb.roleSettings" . | fromYaml -}}
{{- $name := printf "%s-%s" (include "antdb.fullname" $root) .component -}}
{{- $container := include "antdb.nodeContainer" (merge (dict "settings" $settings) .) | fromYaml -}}
{{- $volumes := include "antdb.nodeVolumes" (merge (dict "settings" $settings) .) | fromYamlArray -}}
{{- $exporters := include "antdb.exporters" (merge (dict "settings" $settings) .) | fromYamlArray -}}
{{- $first := include "antdb.nodeInitContainers" (merge (dict "settings" $settings) .) | fromYamlArray -}}
{{- $pod := dict "root" $root "component" .component "settings" $settings "kind" "antdb" "container" $container "initContainers" $first "sidecars" $exporters "volumes" $volumes -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  {{- include "antdb.metadata" (dict "root" $root "component" .component "name" $name) | nindent 2 }}
spec:
  replicas: {{ include "antdb.replicas" . }}
  serviceName: {{ $name }}
  podManagementPolicy: Parallel
  revisionHistoryLimit: 5
  updateStrategy:
    {{- toYaml $settings.updateStrategy | nindent 4 }}
  persistentVolumeClaimRetentionPolicy:
    whenDeleted: {{ $root.Values.retention.whenDeleted }}
    whenScaled: {{ $root.Values.retention.whenScaled }}
  selector:
    matchLabels:
      {{- include "antdb.selectorLabels" . | nindent 6 }}
  template:
    {{- include "antdb.pod" $pod | nindent 4 }}
  volumeClaimTemplates:
    {{- range $claim := include "antdb.claimsOf" (merge (dict "settings" $settings) .) | fromYamlArray }}
    - {{ include "antdb.volumeClaim" (merge (dict "settings" $settings "claim" $claim) $) | nindent 6 | trim }}
    {{- end }}
{{- end -}}
