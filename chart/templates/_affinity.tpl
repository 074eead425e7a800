{{/* (root, component, settings): the chart's own anti-affinity, with what the values give added to it. */}}
{{- define "antdb.affinity" -}}
{{- $affinity := deepCopy (.settings.affinity | default dict) -}}
{{- $anti := deepCopy ($affinity.podAntiAffinity | default dict) -}}
{{- $own := include "antdb.antiAffinity" . | fromYaml -}}
{{- range $strength := list "requiredDuringSchedulingIgnoredDuringExecution" "preferredDuringSchedulingIgnoredDuringExecution" -}}
{{- with concat (get $own $strength | default list) (get $anti $strength | default list) -}}
{{- $_ := set $anti $strength . -}}
{{- end -}}
{{- end -}}
{{- if $anti -}}
{{- $_ := set $affinity "podAntiAffinity" $anti -}}
{{- end -}}
{{- if $affinity -}}
{{- toYaml $affinity -}}
{{- end -}}
{{- end -}}

{{/* The chart's own rules: the two of a datanode pair by pairing.*; gc and gcs, and coordinators, apart if possible. */}}
{{- define "antdb.antiAffinity" -}}
{{- $pairing := .root.Values.pairing -}}
{{- $mode := include "antdb.pairingMode" .root -}}
{{- $avoided := get (dict "gc" (list "gc" "gcs") "gcs" (list "gc" "gcs") "cn" (list "cn") "dn" (list "ds") "ds" (list "dn")) .component -}}
{{- $paired := has .component (list "dn" "ds") -}}
{{- if and $avoided (not (and $paired (eq $mode "custom"))) -}}
{{- $term := include "antdb.antiAffinityTerm" (dict "root" .root "avoided" $avoided "paired" $paired "mode" $mode) -}}
{{- if and $paired (eq $pairing.type "required") }}
requiredDuringSchedulingIgnoredDuringExecution:
  - {{ $term | nindent 4 | trim }}
{{- else }}
preferredDuringSchedulingIgnoredDuringExecution:
  - weight: 100
    podAffinityTerm:
      {{- $term | nindent 6 }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* In pair mode the API server adds "and of the same index as this pod" to the selector: dn_i avoids ds_i alone. */}}
{{- define "antdb.antiAffinityTerm" -}}
labelSelector:
  matchLabels:
    app.kubernetes.io/name: {{ include "antdb.name" .root }}
    app.kubernetes.io/instance: {{ .root.Release.Name }}
  matchExpressions:
    - { key: app.kubernetes.io/component, operator: In, values: [{{ join ", " .avoided }}] }
{{- if and .paired (eq .mode "pair") }}
matchLabelKeys: [apps.kubernetes.io/pod-index]
{{- end }}
topologyKey: {{ ternary .root.Values.pairing.topologyKey "kubernetes.io/hostname" .paired }}
{{- end -}}

{{/* (root itself): matchLabelKeys in a pod's anti-affinity is on by default since Kubernetes 1.31. */}}
{{- define "antdb.pairingMode" -}}
{{- if eq .Values.pairing.mode "auto" -}}
{{- ternary "pair" "role" (semverCompare ">=1.31.0-0" .Capabilities.KubeVersion.Version) -}}
{{- else -}}
{{- .Values.pairing.mode -}}
{{- end -}}
{{- end -}}
