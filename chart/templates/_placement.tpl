{{/* (root itself): what the required rules ask of the cluster, a line each, for NOTES; empty when there is none. The chart
looks at no cluster: it says what is needed, and the hook names a pod that finds no place. */}}
{{- define "antdb.placementNeeds" -}}
{{- $gcs := include "antdb.replicas" (dict "root" . "component" "gcs") | int -}}
{{- $ds := include "antdb.replicas" (dict "root" . "component" "ds") | int -}}
{{- $cn := int .Values.cn.replicas -}}
{{- $pair := include "antdb.apartRule" (dict "root" . "component" "dn") | fromYaml -}}
{{- if and $pair (gt $ds 0) (eq (toString $pair.type) "required") }}
{{- $what := include "antdb.domain" $pair.topologyKey }}
{{- if $pair.index }}
- 2 {{ $what }}s: a datanode and its standby never share one
{{- else }}
- 2 {{ $what }}s, one of which the datanodes leave free: none of them shares one with any standby
{{- end }}
{{- end }}
{{- with .Values.apart.gtm }}
{{- if and (eq .type "required") (gt $gcs 0) }}
- {{ add 1 $gcs }} {{ include "antdb.domain" .topologyKey }}s: gc and its standbys never share one
{{- end }}
{{- end }}
{{- with .Values.apart.cn }}
{{- if and (eq .type "required") (gt $cn 1) }}
- {{ $cn }} {{ include "antdb.domain" .topologyKey }}s: no two coordinators share one
{{- end }}
{{- end }}
{{- end -}}

{{/* (a node label's key): what people call the places it tells apart. */}}
{{- define "antdb.domain" -}}
{{- get (dict "kubernetes.io/hostname" "host" "topology.kubernetes.io/zone" "zone" "topology.kubernetes.io/region" "region") . | default (printf "%s label value" .) -}}
{{- end -}}
