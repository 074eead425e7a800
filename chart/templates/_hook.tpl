{{/* The events of each Job, and the weight its first object has; every object of a hook has a weight of its own, since
helm orders equal ones by name. The credentials Job's rights are also made anew, and so removed, after uninstall: a
failed run leaves them behind and helm never looks at them again. */}}
{{- define "antdb.hooks" -}}
credentials: { job: "pre-install,pre-upgrade", rights: "pre-install,pre-upgrade,post-delete", weight: -40 }
reconcile: { job: "post-install,post-upgrade,post-rollback", rights: "", weight: 10 }
watcher: { job: "", rights: "", weight: 0 }
teardown: { job: "pre-delete", rights: "pre-delete", weight: -20 }
{{- end -}}

{{/* (root, component, kind: job|rights, step): metadata of a Job's object. Rights of reconcile and of the watcher are
ordinary objects: they are there before a post-install hook runs. */}}
{{- define "antdb.hookMetadata" -}}
{{- $hook := get (include "antdb.hooks" . | fromYaml) .component -}}
{{- $annotations := dict -}}
{{- with get $hook .kind -}}
{{- $_ := set $annotations "helm.sh/hook" . -}}
{{- $_ := set $annotations "helm.sh/hook-weight" (add (int $hook.weight) (int $.step) | toString) -}}
{{- $_ := set $annotations "helm.sh/hook-delete-policy" "before-hook-creation,hook-succeeded" -}}
{{- if eq $.kind "job" -}}
{{- $_ := set $annotations "helm.sh/hook-output-log-policy" "hook-failed" -}}
{{- end -}}
{{- end -}}
{{- $name := printf "%s-%s" (include "antdb.fullname" .root) .component -}}
{{- include "antdb.metadata" (dict "root" .root "component" .component "name" $name "annotations" $annotations) -}}
{{- end -}}

{{- define "antdb.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "antdb.hookMetadata" (merge (dict "kind" "rights" "step" 0) .) | nindent 2 }}
automountServiceAccountToken: false
{{- end -}}

{{/* (root, component, rules: YAML) */}}
{{- define "antdb.role" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "antdb.hookMetadata" (merge (dict "kind" "rights" "step" 1) .) | nindent 2 }}
rules:
  {{- .rules | trim | nindent 2 }}
{{- end -}}

{{- define "antdb.roleBinding" -}}
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

{{/* The lease that lets one program at a time change the database. */}}
{{- define "antdb.leaseRules" -}}
- { apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create] }
- { apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [{{ include "antdb.fullname" . }}-writer], verbs: [get, update] }
{{- end -}}
