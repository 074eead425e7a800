{{/* What each role is: its port (6432 manager, 6655 gc, 5432 cn, 5433 dn), its mode of the entrypoint, the port that
says it is up: the agent's for nodes, since postgres runs only after the manager has initialised the node. */}}
{{- define "antdb.roles" -}}
mgr: { port: 6432, mode: mgr, probe: manager, title: manager }
gc: { port: 6655, mode: agent, probe: agent, title: global transaction master }
gcs: { port: 6655, mode: agent, probe: agent, title: standby of gc }
cn: { port: 5432, mode: agent, probe: agent, title: coordinator }
dn: { port: 5433, mode: agent, probe: agent, title: datanode }
ds: { port: 5433, mode: agent, probe: agent, title: standby of a datanode }
{{- end -}}

{{/* (root, component): a role's settings: pods, then nodes, then the role's own block, the later one winning. */}}
{{- define "antdb.roleSettings" -}}
{{- $values := .root.Values -}}
{{- toYaml (mergeOverwrite (deepCopy $values.pods) (deepCopy $values.nodes) (deepCopy (get $values .component))) -}}
{{- end -}}

{{/* (root, component): how many pods; ds follows dn unless it is 0. */}}
{{- define "antdb.replicas" -}}
{{- $values := .root.Values -}}
{{- if eq .component "mgr" -}}
1
{{- else if and (eq .component "ds") (or (kindIs "invalid" $values.ds.replicas) (eq (toString $values.ds.replicas) "")) -}}
{{- int $values.dn.replicas -}}
{{- else -}}
{{- int (get $values .component).replicas -}}
{{- end -}}
{{- end -}}
