{{/* (root, component): the headless Service that names a role's pods, also while they are not ready. */}}
{{- define "antdb.headlessService" -}}
{{- $name := printf "%s-%s" (include "antdb.fullname" .root) .component -}}
{{- $ports := include "antdb.nodePorts" . | fromYamlArray -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "antdb.metadata" (dict "root" .root "component" .component "name" $name) | nindent 2 }}
spec:
  type: ClusterIP
  clusterIP: None
  publishNotReadyAddresses: true
  selector:
    {{- include "antdb.selectorLabels" . | nindent 4 }}
  ports:
    {{- range $ports }}
    - { name: {{ .name }}, port: {{ .containerPort }}, targetPort: {{ .name }}, protocol: TCP }
    {{- end }}
{{- end -}}

{{/* (root, component, name, settings: a block of `service`): the Service that clients use. It leads to pods that are ready
and, where the watcher runs, that it has seen serving in the cluster: a pod that came up again has no state until then, and
without the watcher nobody would give it one until the next upgrade. */}}
{{- define "antdb.clientService" -}}
{{- $settings := .settings -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "antdb.metadata" (dict "root" .root "component" .component "name" (printf "%s-%s" (include "antdb.fullname" .root) .name) "labels" $settings.labels "annotations" $settings.annotations) | nindent 2 }}
spec:
  type: {{ $settings.type }}
  {{- with $settings.clusterIP }}
  clusterIP: {{ . }}
  {{- end }}
  sessionAffinity: {{ $settings.sessionAffinity }}
  {{- if and (eq $settings.sessionAffinity "ClientIP") $settings.sessionAffinitySeconds }}
  sessionAffinityConfig: { clientIP: { timeoutSeconds: {{ $settings.sessionAffinitySeconds | int }} } }
  {{- end }}
  {{- with $settings.internalTrafficPolicy }}
  internalTrafficPolicy: {{ . }}
  {{- end }}
  {{- /* The API server refuses a field it does not know; this one is on by default since 1.31. */}}
  {{- if semverCompare ">=1.31.0-0" .root.Capabilities.KubeVersion.Version }}
  {{- with $settings.trafficDistribution }}
  trafficDistribution: {{ . }}
  {{- end }}
  {{- end }}
  {{- with $settings.externalIPs }}
  externalIPs:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with include "antdb.outsideService" $settings }}
  {{- . | trim | nindent 2 }}
  {{- end }}
  selector:
    {{- include "antdb.selectorLabels" . | nindent 4 }}
    {{- if .root.Values.watcher.enabled }}
    antdb.io/state: coordinator
    {{- end }}
  ports:
    - name: postgres
      port: 5432
      targetPort: postgres
      protocol: TCP
      {{- if and (ne $settings.type "ClusterIP") $settings.nodePort }}
      nodePort: {{ $settings.nodePort | int }}
      {{- end }}
{{- end -}}

{{/* (a block of `service`): what a Service that is reached from outside may have, and the API server refuses in others. */}}
{{- define "antdb.outsideService" -}}
{{- $local := eq .externalTrafficPolicy "Local" -}}
{{- if ne .type "ClusterIP" }}
{{- with .externalTrafficPolicy }}
externalTrafficPolicy: {{ . }}
{{- end }}
{{- end }}
{{- if eq .type "LoadBalancer" }}
{{- with .loadBalancerClass }}
loadBalancerClass: {{ . }}
{{- end }}
{{- with .loadBalancerIP }}
loadBalancerIP: {{ . }}
{{- end }}
{{- if not (kindIs "invalid" .allocateNodePorts) }}
allocateLoadBalancerNodePorts: {{ .allocateNodePorts }}
{{- end }}
{{- if and $local .healthCheckNodePort }}
healthCheckNodePort: {{ .healthCheckNodePort | int }}
{{- end }}
{{- with .sourceRanges }}
loadBalancerSourceRanges:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}
