{{/* What the program is told to make the Secrets by. A Secret of the user's is only looked at: an entry it lacks is told
before anything is changed. */}}
{{- define "antdb.credentialsFlags" -}}
{{- $keys := deepCopy .Values.auth.keys -}}
{{- if and .Values.auth.existingSecret (not .Values.exporters.postgres.enabled) -}}
{{- $_ := set $keys "monitorPassword" "" -}}
{{- end -}}
{{- $names := list -}}
{{- range $kind, $name := $keys -}}
{{- $names = append $names (printf "%s=%s" $kind $name) -}}
{{- end -}}
{{- if .Values.auth.existingSecret }}
- --existing
{{- end }}
- --secret={{ include "antdb.secretName" . }}
- --catalog={{ include "antdb.catalogSecretName" . }}
- --username={{ .Values.auth.username }}
- --database={{ .Values.auth.database }}
- --keys={{ join "," $names }}
{{- end -}}

{{- define "antdb.credentialsRules" -}}
# "create" can't be tied to a name. A Secret of the user's is only looked at; the one for the manager's catalog is made.
- { apiGroups: [""], resources: [secrets], verbs: [create] }
- { apiGroups: [""], resources: [secrets], resourceNames: [{{ include "antdb.secretName" . }}], verbs: [get{{ if not .Values.auth.existingSecret }}, patch{{ end }}] }
{{- end -}}
