{{/* topology.json: all that the program is told. It reads this file and the credentials, nothing else of the values. */}}
{{- define "antdb.topology" -}}
{{- $fullname := include "antdb.fullname" . -}}
{{- $roles := dict -}}
{{- range $role, $facts := include "antdb.roles" . | fromYaml -}}
{{- $entry := dict "statefulSet" (printf "%s-%s" $fullname $role) -}}
{{- if ne $role "mgr" -}}
{{- $_ := set $entry "replicas" (include "antdb.replicas" (dict "root" $ "component" $role) | int) -}}
{{- $_ := set $entry "port" (int $facts.port) -}}
{{- end -}}
{{- $_ := set $roles $role $entry -}}
{{- end -}}
{{- $parameters := dict "restartPolicy" (get .Values "parameters" | default dict | dig "restartPolicy" "manual") -}}
{{- range $role := list "nodes" "gc" "gcs" "cn" "dn" "ds" -}}
{{- $_ := set $parameters $role (get $.Values $role | default dict | dig "parameters" dict) -}}
{{- end -}}
{{- $jobs := .Values.jobs -}}
{{- dict
  "schemaVersion" 1
  "release" (dict "app" (include "antdb.name" .) "name" .Release.Name "namespace" .Release.Namespace "fullname" $fullname)
  "engine" (dict "home" "/opt/app/antdb" "osUser" "antdb" "dataDir" "/var/lib/antdb/data" "agentPort" 8432 "managerPort" 6432)
  "roles" $roles
  "credentials" (dict "directory" "/etc/antdb/credentials" "secret" (include "antdb.secretName" .) "managed" (empty .Values.auth.existingSecret))
  "catalog" (dict "secret" (include "antdb.catalogSecretName" .))
  "clients" (dict "cidrs" .Values.clients.cidrs "rules" .Values.clients.rules)
  "monitor" (dict "enabled" .Values.exporters.postgres.enabled)
  "parameters" $parameters
  "lease" (dict "name" (printf "%s-writer" $fullname) "durationSeconds" 15)
  "deadlines" (dict
    "reconcileSeconds" (sub (int $jobs.reconcile.activeDeadlineSeconds) 15)
    "guardSeconds" (sub (int $jobs.guard.activeDeadlineSeconds) 15)
    "teardownSeconds" (sub (int $jobs.teardown.activeDeadlineSeconds) 10))
  "watcher" (dict "deployment" (printf "%s-watcher" $fullname) "enabled" .Values.watcher.enabled "intervalSeconds" (int .Values.watcher.intervalSeconds))
  "retention" (dict "whenDeleted" .Values.retention.whenDeleted "whenScaled" .Values.retention.whenScaled)
  | toPrettyJson -}}
{{- end -}}
