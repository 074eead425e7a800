{{/* (root, component, settings): the chart's own rules, with what the values give added to them. */}}
{{- define "antdb.affinity" -}}
{{- $affinity := deepCopy (.settings.affinity | default dict) -}}
{{- $own := include "antdb.ownAffinity" . | fromYaml -}}
{{- range $kind := list "podAffinity" "podAntiAffinity" -}}
{{- $merged := deepCopy (get $affinity $kind | default dict) -}}
{{- range $strength := list "requiredDuringSchedulingIgnoredDuringExecution" "preferredDuringSchedulingIgnoredDuringExecution" -}}
{{- with concat (get (get $own $kind | default dict) $strength | default list) (get $merged $strength | default list) -}}
{{- $_ := set $merged $strength . -}}
{{- end -}}
{{- end -}}
{{- if $merged -}}
{{- $_ := set $affinity $kind $merged -}}
{{- end -}}
{{- end -}}
{{- if $affinity -}}
{{- toYaml $affinity -}}
{{- end -}}
{{- end -}}

{{/* (root, component, settings): podAntiAffinity and podAffinity of the chart's own. */}}
{{- define "antdb.ownAffinity" -}}
{{- $rule := include "antdb.apartRule" . | fromYaml -}}
{{- if and $rule (ne $rule.type "none") -}}
{{- $term := include "antdb.affinityTerm" (merge (dict "components" $rule.from) $rule .) | fromYaml -}}
{{- $weighted := list (dict "weight" 100 "podAffinityTerm" $term) -}}
podAntiAffinity:
{{- if eq $rule.type "required" }}
  requiredDuringSchedulingIgnoredDuringExecution:
    {{- toYaml (list $term) | nindent 4 }}
{{- else }}
  preferredDuringSchedulingIgnoredDuringExecution:
    {{- toYaml $weighted | nindent 4 }}
{{- end }}
{{- if include "antdb.gathers" (merge (dict "rule" $rule) .) }}
{{- $beside := include "antdb.affinityTerm" (dict "root" .root "components" (list .component) "topologyKey" $rule.topologyKey) | fromYaml }}
podAffinity:
  preferredDuringSchedulingIgnoredDuringExecution:
    {{- toYaml (list (dict "weight" 100 "podAffinityTerm" $beside)) | nindent 4 }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* (root, component): from whom a role's pods keep apart: from (roles), type, topologyKey, index (only from the one of
the same index). Empty: from nobody. */}}
{{- define "antdb.apartRule" -}}
{{- $values := .root.Values -}}
{{- if has .component (list "gc" "gcs") -}}
{{- merge (dict "from" (list "gc" "gcs")) $values.apart.gtm | toYaml -}}
{{- else if eq .component "cn" -}}
{{- merge (dict "from" (list "cn")) $values.apart.cn | toYaml -}}
{{- else if has .component (list "dn" "ds") -}}
{{- $mode := include "antdb.pairingMode" .root -}}
{{- if ne $mode "custom" -}}
{{- dict "from" (list (ternary "ds" "dn" (eq .component "dn"))) "type" $values.pairing.type "topologyKey" $values.pairing.topologyKey "index" (eq $mode "pair") | toYaml -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Where no datanode may share a host with any standby, datanodes that spread over every host would leave none to the
standbys, for ever. So those of a kind gather: they take another host only when theirs is full. Not where the values
say which hosts the role may take. */}}
{{- define "antdb.gathers" -}}
{{- $chosen := or .settings.nodeSelector ((.settings.affinity | default dict).nodeAffinity) -}}
{{- if and (has .component (list "dn" "ds")) (eq .rule.type "required") (not .rule.index) (not $chosen) -}}
yes
{{- end -}}
{{- end -}}

{{/* (root, components, topologyKey, index). With index the API server adds "and of the same index as this pod" to the
selector: dn_i avoids ds_i alone. */}}
{{- define "antdb.affinityTerm" -}}
labelSelector:
  matchLabels:
    app.kubernetes.io/name: {{ include "antdb.name" .root }}
    app.kubernetes.io/instance: {{ .root.Release.Name }}
  matchExpressions:
    - { key: app.kubernetes.io/component, operator: In, values: [{{ join ", " .components }}] }
{{- if .index }}
matchLabelKeys: [apps.kubernetes.io/pod-index]
{{- end }}
topologyKey: {{ .topologyKey }}
{{- end -}}

{{/* (root itself): matchLabelKeys in a pod's anti-affinity is on by default since Kubernetes 1.31. Where both volumes of a
pair are directories on hosts, they place the pair, and antdb.validate sees to it that they do it right. */}}
{{- define "antdb.pairingMode" -}}
{{- if ne .Values.pairing.mode "auto" -}}
{{- .Values.pairing.mode -}}
{{- else if semverCompare ">=1.31.0-0" .Capabilities.KubeVersion.Version -}}
pair
{{- else if and (include "antdb.onHosts" (dict "root" . "component" "dn")) (include "antdb.onHosts" (dict "root" . "component" "ds")) (eq .Values.pairing.topologyKey "kubernetes.io/hostname") -}}
custom
{{- else -}}
role
{{- end -}}
{{- end -}}

{{/* (root, component): whether the role's volumes are directories on hosts. */}}
{{- define "antdb.onHosts" -}}
{{- if (include "antdb.roleSettings" . | fromYaml).persistence.hostPath.enabled -}}
yes
{{- end -}}
{{- end -}}
