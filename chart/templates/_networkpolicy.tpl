{{/* NetworkPolicies add up: a pod takes what any policy that selects it allows. One policy denies all to every pod of the
release, one for each role says what it takes. Nothing here depends on a number of replicas. */}}

{{/* (root, component, ingress, egress: lists of rules as YAML, or ""): the policy of one component's pods. */}}
{{- define "antdb.networkPolicy" -}}
{{- $name := printf "%s-%s" (include "antdb.fullname" .root) .component -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "antdb.metadata" (dict "root" .root "component" .component "name" $name) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "antdb.selectorLabels" . | nindent 6 }}
  {{- include "antdb.policyRules" . | nindent 2 }}
{{- end -}}

{{/* A direction that is named without a rule is closed. */}}
{{- define "antdb.policyRules" -}}
{{- $egress := .root.Values.networkPolicy.egress.enabled -}}
policyTypes: [{{ ternary "Ingress, Egress" "Ingress" $egress }}]
{{- with .ingress | trim }}
ingress:
  {{- . | nindent 2 }}
{{- end }}
{{- if and $egress .egress }}
egress:
  {{- .egress | trim | nindent 2 }}
{{- end }}
{{- end -}}

{{/* (root, component): the policy of a role. */}}
{{- define "antdb.rolePolicy" -}}
{{- if .root.Values.networkPolicy.enabled -}}
{{- $kind := ternary "manager" "node" (eq .component "mgr") -}}
{{- $rules := dict "ingress" (include (printf "antdb.%sIngress" $kind) .) "egress" (include (printf "antdb.%sEgress" $kind) .) -}}
{{- include "antdb.networkPolicy" (merge $rules .) -}}
{{- end -}}
{{- end -}}

{{- define "antdb.managerIngress" -}}
- from:
    - {{ include "antdb.programPeer" .root | nindent 6 | trim }}
  ports:
    - { port: 6432, protocol: TCP }
{{- include "antdb.metricsRule" (dict "root" .root "ports" (list 9100 9187)) }}
{{- end -}}

{{/* Nodes open ports at random for one another, when a query moves rows between them. The agent runs any shell command it is
sent, and gc's port gives a snapshot stream without a password: neither is for anybody else. */}}
{{- define "antdb.nodeIngress" -}}
{{- $port := (get (include "antdb.roles" .root | fromYaml) .component).port | int -}}
- from:
    - {{ include "antdb.nodesPeer" .root | nindent 6 | trim }}
  ports:
    {{- include "antdb.nodeToNodePorts" .root | trim | nindent 4 }}
- from:
    - {{ include "antdb.componentsPeer" (dict "root" .root "components" (list "mgr")) | nindent 6 | trim }}
  ports:
    - { port: {{ $port }}, protocol: TCP }
    - { port: 8432, protocol: TCP }
- from:
    - {{ include "antdb.visitorPeer" .root | nindent 6 | trim }}
  ports:
    - { port: {{ $port }}, protocol: TCP }
{{- $clients := include "antdb.peers" .root.Values.networkPolicy.clients | trim }}
{{- if and $clients (eq $port 5432) }}
- from:
    {{- $clients | nindent 4 }}
  ports:
    - { port: {{ $port }}, protocol: TCP }
{{- end }}
{{- include "antdb.metricsRule" (dict "root" .root "ports" (list 9100 9187)) }}
{{- end -}}

{{/* (root, ports). Like the clients' rule it is left out without a peer, or it would let everybody in. */}}
{{- define "antdb.metricsRule" -}}
{{- with include "antdb.peers" .root.Values.networkPolicy.metrics | trim }}
- from:
    {{- . | nindent 4 }}
  ports:
    {{- range $.ports }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
{{- end }}
{{- end -}}

{{- define "antdb.nodeEgress" -}}
- to:
    - {{ include "antdb.nodesPeer" .root | nindent 6 | trim }}
  ports:
    {{- include "antdb.nodeToNodePorts" .root | trim | nindent 4 }}
{{- end -}}

{{- define "antdb.managerEgress" -}}
- to:
    - {{ include "antdb.nodesPeer" .root | nindent 6 | trim }}
  ports:
    - { port: 8432, protocol: TCP }
    {{- include "antdb.nodePortsOfAll" .root | trim | nindent 4 }}
{{- end -}}
