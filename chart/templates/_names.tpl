{{/* Names and labels. The context is the root unless said otherwise. */}}

{{- define "antdb.name" -}}
{{- .Values.nameOverride | default .Chart.Name -}}
{{- end -}}

{{/* The first part of every object's name; antdb.validate refuses what is too long, nothing is cut in silence. */}}
{{- define "antdb.fullname" -}}
{{- $name := include "antdb.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name -}}
{{- end -}}
{{- end -}}

{{/* The Secret with the four credentials: the user's, or the one the credentials Job makes. */}}
{{- define "antdb.secretName" -}}
{{- .Values.auth.existingSecret | default (printf "%s-credentials" (include "antdb.fullname" .)) -}}
{{- end -}}

{{/* The Secret with a copy of the manager's catalog: the credentials Job makes it, the program fills it. */}}
{{- define "antdb.catalogSecretName" -}}
{{- printf "%s-manager-catalog" (include "antdb.fullname" .) -}}
{{- end -}}

{{/* (root, component): the immutable part: selectors and volume claims hold these three and nothing else, ever. */}}
{{- define "antdb.selectorLabels" -}}
app.kubernetes.io/name: {{ include "antdb.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* (root, component, labels): metadata.labels of an object. */}}
{{- define "antdb.labels" -}}
{{- $own := include "antdb.selectorLabels" . | fromYaml -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_") -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" .root.Release.Service -}}
{{- $_ := set $own "app.kubernetes.io/version" (.root.Chart.AppVersion | toString) -}}
{{- $_ := set $own "app.kubernetes.io/part-of" "antdb" -}}
{{- toYaml (merge $own (deepCopy (.labels | default dict)) .root.Values.commonLabels) -}}
{{- end -}}

{{/* (root, component, settings): labels of a pod: no version, or every new chart would restart the database. */}}
{{- define "antdb.podLabels" -}}
{{- $own := include "antdb.selectorLabels" . | fromYaml -}}
{{- if hasKey (include "antdb.roles" . | fromYaml) .component -}}
{{- $_ := set $own "antdb.io/role" .component -}}
{{- end -}}
{{- toYaml (merge $own (deepCopy (.settings.labels | default dict)) .root.Values.commonLabels) -}}
{{- end -}}

{{/* (root, component, labels, annotations): what stands under metadata of every object that is not a hook. */}}
{{- define "antdb.metadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "antdb.labels" . | nindent 2 }}
{{- with merge (deepCopy (.annotations | default dict)) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
