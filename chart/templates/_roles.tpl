{{/* What each role is: its port (6432 manager, 6655 gc, 5432 cn, 5433 dn), its mode of the entrypoint, and how it is
asked whether it is up. Nodes by a connect to the agent, since postgres runs only after the manager has initialised
the node; the manager, once it has the program's role, by pg_isready, since it writes a line to its log for each
connect that says nothing. */}}
{{- define "antdb.roles" -}}
{{- $agent := dict "tcpSocket" (dict "port" "agent") -}}
{{- $manager := dict "exec" (dict "command" (list "/bin/bash" "-c" "test -e /tmp/antdb-manager-ready && exec pg_isready -q -h 127.0.0.1 -p 6432 -d postgres")) -}}
{{- dict
  "mgr" (dict "port" 6432 "mode" "mgr" "probe" $manager)
  "gc" (dict "port" 6655 "mode" "agent" "probe" $agent)
  "gcs" (dict "port" 6655 "mode" "agent" "probe" $agent)
  "cn" (dict "port" 5432 "mode" "agent" "probe" $agent)
  "dn" (dict "port" 5433 "mode" "agent" "probe" $agent)
  "ds" (dict "port" 5433 "mode" "agent" "probe" $agent)
  | toYaml -}}
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
