{{/* Who may reach whom: the peers and ports of NetworkPolicies. The context is the root unless said otherwise. */}}

{{/* (a map name → peer as a NetworkPolicy has it): the peers as a list. */}}
{{- define "antdb.peers" -}}
{{- range $name, $peer := . }}
- {{ toYaml $peer | nindent 2 | trim }}
{{- end }}
{{- end -}}

{{/* (root, components): this release's pods of some components. */}}
{{- define "antdb.componentsPeer" -}}
podSelector:
  matchLabels:
    app.kubernetes.io/name: {{ include "antdb.name" .root }}
    app.kubernetes.io/instance: {{ .root.Release.Name }}
  matchExpressions:
    - { key: app.kubernetes.io/component, operator: In, values: [{{ join ", " .components }}] }
{{- end -}}

{{/* Every role but the manager. */}}
{{- define "antdb.nodesPeer" -}}
{{- $nodes := omit (include "antdb.roles" . | fromYaml) "mgr" | keys | sortAlpha -}}
{{- include "antdb.componentsPeer" (dict "root" . "components" $nodes) -}}
{{- end -}}

{{/* The program wherever it talks to manager and nodes: the watcher and the Jobs. A Job of a new chart meets the policies
of the old one, so what it will be called stands here before it exists. */}}
{{- define "antdb.programComponents" -}}
[guard, rebalance, reconcile, teardown, watcher]
{{- end -}}

{{- define "antdb.programPeer" -}}
{{- include "antdb.componentsPeer" (dict "root" . "components" (include "antdb.programComponents" . | fromYamlArray)) -}}
{{- end -}}

{{/* The program, and `helm test`: it knocks at every node to say which one is to blame. */}}
{{- define "antdb.visitorPeer" -}}
{{- $components := append (include "antdb.programComponents" . | fromYamlArray) "test" -}}
{{- include "antdb.componentsPeer" (dict "root" . "components" $components) -}}
{{- end -}}

{{/* All ports but the agent's. A network plugin that does not know endPort would allow the first of each range alone. */}}
{{- define "antdb.nodeToNodePorts" -}}
{{- if .Values.networkPolicy.portRanges }}
- { port: 1, endPort: 8431, protocol: TCP }
- { port: 8433, endPort: 65535, protocol: TCP }
{{- else }}
- { protocol: TCP }
{{- end }}
{{- end -}}

{{/* Where the nodes' postgres listens. */}}
{{- define "antdb.nodePortsOfAll" -}}
{{- $ports := list -}}
{{- range omit (include "antdb.roles" . | fromYaml) "mgr" -}}
{{- $ports = append $ports (int .port) -}}
{{- end -}}
{{- range $ports | uniq }}
- { port: {{ . }}, protocol: TCP }
{{- end }}
{{- end -}}
