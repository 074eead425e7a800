{{/* The events of each Job, the weight its first object has, and whether it is there without hooks too (hooks.mode=job);
every object of a hook has a weight of its own, since helm orders equal ones by name. The rights of the credentials Job
and of the guard are also made anew, and so removed, after uninstall: a failed run leaves them behind and helm never
looks at them again. */}}
{{- define "antdb.hooks" -}}
credentials: { job: "pre-install", rights: "pre-install,post-delete", weight: -40, plain: true }
guard: { job: "pre-upgrade,pre-rollback", rights: "pre-upgrade,pre-rollback,post-delete", weight: -29 }
reconcile: { job: "post-install,post-upgrade,post-rollback", rights: "", weight: 10, plain: true }
rebalance: { job: "", rights: "", weight: 0, plain: true }
watcher: { job: "", rights: "", weight: 0, plain: true }
test: { job: test, rights: "", weight: 0, plain: true }
teardown: { job: "pre-delete", rights: "pre-delete", weight: -20 }
{{- end -}}

{{/* (root, component): "true" when it is rendered: without hooks there is nothing that would run before an upgrade or an
uninstall. */}}
{{- define "antdb.isThere" -}}
{{- $hook := get (include "antdb.hooks" . | fromYaml) .component -}}
{{- if or $hook.plain (eq .root.Values.hooks.mode "hook") -}}
true
{{- end -}}
{{- end -}}

{{/* (root, component, kind: job|rights): the events an object belongs to; none for an ordinary one. `helm test` has no
other way than its hook. */}}
{{- define "antdb.hookEvents" -}}
{{- $events := get (get (include "antdb.hooks" . | fromYaml) .component) .kind -}}
{{- if or (eq .root.Values.hooks.mode "hook") (eq .component "test") -}}
{{- $events -}}
{{- end -}}
{{- end -}}

{{/* (root, component, kind: job|rights, step, name, settings): metadata of a Job's object. Rights of reconcile and of the
watcher are ordinary objects: they are there before a post-install hook runs. Stays when it has succeeded: the test's pod,
since `helm test --logs` reads its log afterwards, and the Jobs whose logs say where a release led and what was done. */}}
{{- define "antdb.hookMetadata" -}}
{{- $hook := get (include "antdb.hooks" . | fromYaml) .component -}}
{{- $annotations := dict -}}
{{- with include "antdb.hookEvents" . -}}
{{- $_ := set $annotations "helm.sh/hook" . -}}
{{- $_ := set $annotations "helm.sh/hook-weight" (add (int $hook.weight) (int $.step) | toString) -}}
{{- $told := and (eq $.kind "job") (has $.component (list "guard" "reconcile")) -}}
{{- $_ := set $annotations "helm.sh/hook-delete-policy" (ternary "before-hook-creation" "before-hook-creation,hook-succeeded" (or $told (eq $.component "test"))) -}}
{{- if eq $.kind "job" -}}
{{- $_ := set $annotations "helm.sh/hook-output-log-policy" "hook-failed" -}}
{{- end -}}
{{- end -}}
{{- $name := .name | default (printf "%s-%s" (include "antdb.fullname" .root) .component) -}}
{{- $settings := .settings | default dict -}}
{{- $annotations = merge $annotations (deepCopy ($settings.jobAnnotations | default dict)) -}}
{{- include "antdb.metadata" (dict "root" .root "component" .component "name" $name "annotations" $annotations "labels" $settings.jobLabels) -}}
{{- end -}}

{{- define "antdb.serviceAccount" -}}
{{- if include "antdb.isThere" . -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "antdb.hookMetadata" (merge (dict "kind" "rights" "step" 0) .) | nindent 2 }}
automountServiceAccountToken: false
{{- end -}}
{{- end -}}

{{/* (root, component, rules: YAML) */}}
{{- define "antdb.role" -}}
{{- if include "antdb.isThere" . -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "antdb.hookMetadata" (merge (dict "kind" "rights" "step" 1) .) | nindent 2 }}
rules:
  {{- .rules | trim | nindent 2 }}
{{- end -}}
{{- end -}}

{{- define "antdb.roleBinding" -}}
{{- if include "antdb.isThere" . -}}
{{- $name := printf "%s-%s" (include "antdb.fullname" .root) .component -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "antdb.hookMetadata" (merge (dict "kind" "rights" "step" 2) .) | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ $name }}
subjects:
  - kind: ServiceAccount
    name: {{ $name }}
    namespace: {{ .root.Release.Namespace }}
{{- end -}}
{{- end -}}

{{/* The lease that lets one program at a time change the database. */}}
{{- define "antdb.leaseRules" -}}
- { apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create] }
- { apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [{{ include "antdb.fullname" . }}-writer], verbs: [get, update] }
{{- end -}}

{{/* The lease of whoever moves tables, one at a time: antdb rebalance and antdb drain, by hand in the watcher's pod or as a Job. */}}
{{- define "antdb.moverRules" -}}
- { apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [{{ include "antdb.fullname" . }}-mover], verbs: [get, update] }
{{- end -}}

{{/* "true" when the release moves old tables to new datanodes. An unquoted off is false in YAML. */}}
{{- define "antdb.rebalances" -}}
{{- if has .Values.rebalance.mode (list "tables" "all") -}}
true
{{- end -}}
{{- end -}}
