{{/* (root, component, args: list): a Job, run by helm as a hook or there by itself. */}}
{{- define "antdb.job" -}}
{{- if include "antdb.isThere" . -}}
{{- $settings := include "antdb.jobSettings" . | fromYaml -}}
{{- $spec := include "antdb.jobSpec" (merge (dict "settings" $settings) .) -}}
{{- $name := include "antdb.jobName" (merge (dict "spec" $spec) .) -}}
apiVersion: batch/v1
kind: Job
metadata:
  {{- include "antdb.hookMetadata" (merge (dict "kind" "job" "step" 3 "name" $name "settings" $settings) .) | nindent 2 }}
spec:
  {{- $spec | nindent 2 }}
{{- end -}}
{{- end -}}

{{/* (root, component, args, settings): it is tried three times; exit code 2 means that trying again can't help, 3 that the Job's time is over. As a hook a
failed one stays for its log, a day at most; without hooks the next upgrade takes it away, and one that vanished by itself
would be missed by whoever compares the release with the cluster. */}}
{{- define "antdb.jobSpec" -}}
backoffLimit: 2
activeDeadlineSeconds: {{ .settings.activeDeadlineSeconds | int }}
{{- if and (eq .root.Values.hooks.mode "hook") (ne .component "rebalance") }}
ttlSecondsAfterFinished: 86400
{{- end }}
podFailurePolicy:
  rules:
    {{- if eq .component "rebalance" }}
    # It takes hours: that a host is drained meanwhile is no failed try.
    - action: Ignore
      onPodConditions: [{ type: DisruptionTarget, status: "True" }]
    {{- end }}
    - action: FailJob
      onExitCodes: { containerName: hooks, operator: In, values: [2, 3] }
template:
  {{- include "antdb.jobPod" . | nindent 2 }}
{{- end -}}

{{/* (root, component, args, settings): metadata and spec of the program's pod. */}}
{{- define "antdb.jobPod" -}}
{{- $container := include "antdb.jobContainer" . | fromYaml -}}
{{- $_ := set $container "args" .args -}}
{{- $own := dict "kind" "hooks" "container" $container "restartPolicy" "Never" -}}
{{- $_ := set $own "volumes" (include "antdb.jobVolumes" . | fromYamlArray) -}}
{{- $_ := set $own "serviceAccount" (printf "%s-%s" (include "antdb.fullname" .root) .component) -}}
{{- include "antdb.pod" (merge $own (pick . "root" "component" "settings")) -}}
{{- end -}}

{{/* (root, component, spec): a Job can't be changed, so without hooks a changed one has another name. What reconcile has
to bring about is in all of the values: a changed image moves pods as well. Rebalance is never a hook; it is done anew for
other datanodes. */}}
{{- define "antdb.jobName" -}}
{{- $name := printf "%s-%s" (include "antdb.fullname" .root) .component -}}
{{- if and (eq .root.Values.hooks.mode "hook") (ne .component "rebalance") -}}
{{- $name -}}
{{- else -}}
{{- $seen := list .spec .root.Values.hooks.run -}}
{{- if eq .component "rebalance" -}}
{{- $seen = list .spec .root.Values.rebalance.run (int .root.Values.dn.replicas) -}}
{{- end -}}
{{- if eq .component "reconcile" -}}
{{- $seen = concat $seen (list (include "antdb.topology" .root) (toJson .root.Values) .root.Chart.Version .root.Chart.AppVersion) -}}
{{- end -}}
{{- printf "%s-%s" $name (toJson $seen | sha256sum | trunc 8) -}}
{{- end -}}
{{- end -}}

{{/* (root, component): the right to ask when its own Job began. */}}
{{- define "antdb.ownJobRule" -}}
{{- $job := dict "settings" (include "antdb.jobSettings" . | fromYaml) "args" (list .component) -}}
{{- $name := include "antdb.jobName" (merge (dict "spec" (include "antdb.jobSpec" (merge $job .))) .) -}}
- { apiGroups: [batch], resources: [jobs], resourceNames: [{{ $name }}], verbs: [get] }
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
{{- if has .component (list "guard" "reconcile" "teardown") }}
  # By it the program asks when the Job began: the Job's time runs from there.
  - name: JOB_NAME
    valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } }
{{- end }}
terminationMessagePath: /dev/termination-log
terminationMessagePolicy: FallbackToLogsOnError
volumeMounts:
  - { name: tmp, mountPath: /tmp }
{{- if ne .component "credentials" }}
  - { name: antdb, mountPath: /etc/antdb, readOnly: true }
{{- end }}
{{- end -}}

{{/* topology.json and the credentials as one volume: /etc/antdb. Optional for teardown, which also has to end a release
whose install stopped before they were made; the guard has a topology of its own, and no credentials before a rollback
to where there are none. The test is a client: it does not get the program's own password. */}}
{{- define "antdb.jobVolumes" -}}
- { name: tmp, emptyDir: {} }
{{- if ne .component "credentials" }}
{{- $optional := eq .component "teardown" }}
{{- $guard := eq .component "guard" }}
{{- $keys := .root.Values.auth.keys }}
- name: antdb
  projected:
    defaultMode: 0400
    sources:
      - configMap:
          name: {{ include "antdb.fullname" .root }}-{{ ternary "guard" "topology" $guard }}
          optional: {{ $optional }}
          items: [{ key: topology.json, path: topology.json }]
      - secret:
          name: {{ include "antdb.secretName" .root }}
          optional: {{ or $optional $guard }}
          items:
            {{- if ne .component "test" }}
            - { key: {{ $keys.hooksPassword }}, path: credentials/hooks-password }
            {{- if .root.Values.exporters.postgres.enabled }}
            - { key: {{ $keys.monitorPassword }}, path: credentials/monitor-password }
            {{- end }}
            {{- end }}
            - { key: {{ $keys.username }}, path: credentials/username }
            - { key: {{ $keys.password }}, path: credentials/password }
            - { key: {{ $keys.database }}, path: credentials/database }
{{- end }}
{{- end -}}
