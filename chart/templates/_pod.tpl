{{/* The pod of every role and every Job, so that none of them lacks what another has.
(root, component, settings, kind: antdb|hooks, serviceAccount, restartPolicy, container: the main container's own
part, sidecars: more containers of the chart's own, initContainers and volumes: lists of its own). Returns metadata and
spec. */}}
{{- define "antdb.pod" -}}
{{- $settings := .settings -}}
{{- $guard := dict "securityContext" $settings.containerSecurityContext -}}
metadata:
  labels:
    {{- include "antdb.podLabels" . | nindent 4 }}
  annotations:
    kubectl.kubernetes.io/default-container: {{ .container.name }}
    {{- with $settings.annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- with .serviceAccount }}
  serviceAccountName: {{ . }}
  {{- end }}
  automountServiceAccountToken: {{ not (empty .serviceAccount) }}
  enableServiceLinks: false
  {{- with .restartPolicy }}
  restartPolicy: {{ . }}
  {{- end }}
  terminationGracePeriodSeconds: {{ $settings.terminationGracePeriodSeconds | int }}
  {{- range $key := list "priorityClassName" "runtimeClassName" "schedulerName" }}
  {{- with get $settings $key }}
  {{ $key }}: {{ . }}
  {{- end }}
  {{- end }}
  {{- with include "antdb.pullSecrets" . }}
  imagePullSecrets:
    {{- . | trim | nindent 4 }}
  {{- end }}
  securityContext:
    {{- toYaml $settings.podSecurityContext | nindent 4 }}
  {{- with include "antdb.scheduling" . }}
  {{- . | trim | nindent 2 }}
  {{- end }}
  {{- if or .initContainers $settings.extraInitContainers }}
  initContainers:
    {{- with .initContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- with $settings.extraInitContainers }}
    {{- include "antdb.namedList" (dict "objects" . "defaults" $guard) | trim | nindent 4 }}
    {{- end }}
  {{- end }}
  containers:
    - {{ include "antdb.container" . | nindent 6 | trim }}
    {{- with .sidecars }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- with $settings.extraContainers }}
    {{- include "antdb.namedList" (dict "objects" . "defaults" $guard) | trim | nindent 4 }}
    {{- end }}
  volumes:
    {{- toYaml .volumes | nindent 4 }}
    {{- with $settings.extraVolumes }}
    {{- include "antdb.namedList" (dict "objects" .) | trim | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* Where the pod may run. */}}
{{- define "antdb.scheduling" -}}
{{- $settings := .settings -}}
{{- with $settings.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $settings.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with include "antdb.affinity" . }}
affinity:
  {{- . | nindent 2 }}
{{- end }}
{{- with $settings.topologySpreadConstraints }}
{{- $selector := dict "matchLabels" (include "antdb.selectorLabels" $ | fromYaml) }}
topologySpreadConstraints:
  {{- range . }}
  - {{ toYaml (merge (deepCopy .) (dict "labelSelector" $selector)) | nindent 4 | trim }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* The main container: its own part, then what values say of image, security, resources, environment, mounts. */}}
{{- define "antdb.container" -}}
{{- $settings := .settings -}}
{{- $main := deepCopy .container -}}
{{- $_ := set $main "image" (include "antdb.image" .) -}}
{{- $_ := set $main "imagePullPolicy" (include "antdb.imagePullPolicy" .) -}}
{{- $_ := set $main "securityContext" $settings.containerSecurityContext -}}
{{- $_ := set $main "resources" ($settings.resources | default dict) -}}
{{- range $name, $value := $settings.extraEnv -}}
{{- $entry := ternary $value (dict "value" (toString $value)) (kindIs "map" $value) -}}
{{- $_ := set $main "env" (append ($main.env | default list) (merge (dict "name" $name) $entry)) -}}
{{- end -}}
{{- range $name, $mount := $settings.extraVolumeMounts -}}
{{- $_ := set $main "volumeMounts" (append ($main.volumeMounts | default list) (merge (dict "name" $name) $mount)) -}}
{{- end -}}
{{- toYaml $main -}}
{{- end -}}

{{/* (objects: a map name → object, defaults): the objects as a list, each with its name, in the names' order. What an
object does not say of itself comes from defaults: a user's container is as restricted as the chart's own. */}}
{{- define "antdb.namedList" -}}
{{- $defaults := .defaults | default dict -}}
{{- range $name, $object := .objects }}
- {{ toYaml (merge (dict "name" $name) $object (deepCopy $defaults)) | nindent 2 | trim }}
{{- end }}
{{- end -}}
