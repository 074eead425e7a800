{{/* (root, component, args: list): a Job that helm runs. It is tried three times; exit code 2 means that trying again
can't help. A failed one stays for its log, a day at most. */}}
{{- define "antdb.job" -}}
{{- $root := .root -}}
{{- $settings := include "antdb.jobSettings" . | fromYaml -}}
{{- $container := include "antdb.jobContainer" . | fromYaml -}}
{{- $_ := set $container "args" .args -}}
{{- $volumes := include "antdb.jobVolumes" . | fromYamlArray -}}
{{- $name := printf "%s-%s" (include "antdb.fullname" $root) .component -}}
apiVersion: batch/v1
kind: Job
metadata:
  {{- include "antdb.hookMetadata" (merge (dict "kind" "job" "step" 3) .) | nindent 2 }}
spec:
  backoffLimit: 2
  activeDeadlineSeconds: {{ $settings.activeDeadlineSeconds | int }}
  ttlSecondsAfterFinished: 86400
  podFailurePolicy:
    rules:
      - action: FailJob
        onExitCodes: { containerName: hooks, operator: In, values: [2] }
  template:
    {{- include "antdb.pod" (dict "root" $root "component" .component "settings" $settings "kind" "hooks" "container" $container "volumes" $volumes "serviceAccount" $name "restartPolicy" "Never") | nindent 4 }}
{{- end -}}

{{/* A Job's settings: pods, then what the program's image runs as, then the Job's own block, the later one winning. */}}
{{- define "antdb.jobSettings" -}}
{{- $values := .root.Values -}}
{{- $program := dict "terminationGracePeriodSeconds" 15 "podSecurityContext" (dict "runAsUser" 65532 "runAsGroup" 65532 "fsGroup" 65532) -}}
{{- toYaml (mergeOverwrite (deepCopy $values.pods) $program (deepCopy (get $values.jobs .component))) -}}
{{- end -}}

{{- define "antdb.jobContainer" -}}
name: hooks
env:
  - name: POD_NAME
    valueFrom: { fieldRef: { fieldPath: metadata.name } }
terminationMessagePath: /dev/termination-log
terminationMessagePolicy: FallbackToLogsOnError
volumeMounts:
  - { name: tmp, mountPath: /tmp }
{{- if ne .component "credentials" }}
  - { name: antdb, mountPath: /etc/antdb, readOnly: true }
{{- end }}
{{- end -}}

{{/* topology.json and the credentials as one volume: /etc/antdb. Optional for teardown, which also has to end a release
whose install stopped before they were made. */}}
{{- define "antdb.jobVolumes" -}}
- { name: tmp, emptyDir: {} }
{{- if ne .component "credentials" }}
{{- $optional := eq .component "teardown" }}
{{- $keys := .root.Values.auth.keys }}
- name: antdb
  projected:
    defaultMode: 0400
    sources:
      - configMap:
          name: {{ include "antdb.fullname" .root }}-topology
          optional: {{ $optional }}
          items: [{ key: topology.json, path: topology.json }]
      - secret:
          name: {{ include "antdb.secretName" .root }}
          optional: {{ $optional }}
          items:
            - { key: {{ $keys.hooksPassword }}, path: credentials/hooks-password }
            - { key: {{ $keys.username }}, path: credentials/username }
            - { key: {{ $keys.password }}, path: credentials/password }
            - { key: {{ $keys.database }}, path: credentials/database }
{{- end }}
{{- end -}}
