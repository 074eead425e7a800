{{/* (root, component, settings): the volumes that each pod of a role claims: name, size, storageClass, existingVolumes,
where it is mounted, and the directory on hosts that hostPath makes it from. */}}
{{- define "antdb.claimsOf" -}}
{{- $persistence := .settings.persistence -}}
{{- $wal := $persistence.wal -}}
{{- $onHosts := $persistence.hostPath -}}
- name: data
  size: {{ $persistence.size }}
  storageClass: {{ $persistence.storageClass | quote }}
  existingVolumes: {{ $persistence.existingVolumes | default dict | toJson }}
  mountPath: /var/lib/antdb
  hostPath: {{ $onHosts.path | quote }}
{{- if $wal.enabled }}
- name: wal
  size: {{ $wal.size }}
  storageClass: {{ $wal.storageClass | default $persistence.storageClass | quote }}
  existingVolumes: {{ $wal.existingVolumes | default dict | toJson }}
  mountPath: /var/lib/antdb-wal
  hostPath: {{ $onHosts.walPath | default $onHosts.path | quote }}
{{- end }}
{{- end -}}

{{/* (root, settings, claim): the class of a claim; a release's hostPath class names no StorageClass and never will, so
nothing but the chart's own volumes can be bound to it. */}}
{{- define "antdb.storageClassOf" -}}
{{- if .settings.persistence.hostPath.enabled -}}
{{- include "antdb.hostPathPrefix" .root -}}
{{- else -}}
{{- .claim.storageClass | default (.root.Values.global).storageClass -}}
{{- end -}}
{{- end -}}

{{/* (root, component, settings, claim): a template of the StatefulSet's claims: immutable after install, hence only
selector labels. */}}
{{- define "antdb.volumeClaim" -}}
{{- $persistence := .settings.persistence -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ .claim.name }}
  labels:
    {{- include "antdb.selectorLabels" . | nindent 4 }}
  {{- with $persistence.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  accessModes:
    {{- toYaml $persistence.accessModes | nindent 4 }}
  {{- with include "antdb.storageClassOf" . }}
  storageClassName: {{ . | quote }}
  {{- end }}
  {{- with $persistence.selector }}
  selector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  resources:
    requests:
      storage: {{ .claim.size }}
{{- end -}}

{{/* (root, component): for each ordinal with a volume of the user's, the claim that the StatefulSet would make, bound to
that volume: it finds the claim there and takes it. Kept when the release goes, and by name in the hands of the
StatefulSet's own retention policy. */}}
{{- define "antdb.claims" -}}
{{- $settings := include "antdb.roleSettings" . | fromYaml -}}
{{- $context := merge (dict "settings" $settings) . -}}
{{- range $claim := include "antdb.claimsOf" $context | fromYamlArray }}
{{- range $ordinal := keys $claim.existingVolumes | sortAlpha }}
---
{{ include "antdb.claim" (merge (dict "claim" $claim "ordinal" $ordinal) $context) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* (root, component, settings, claim, ordinal) */}}
{{- define "antdb.claim" -}}
{{- $volume := include "antdb.existingVolume" (get .claim.existingVolumes .ordinal) | fromYaml -}}
{{- $name := printf "%s-%s-%s-%s" .claim.name (include "antdb.fullname" .root) .component .ordinal -}}
{{- $annotations := merge (dict "helm.sh/resource-policy" "keep") .settings.persistence.annotations -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  {{- include "antdb.metadata" (merge (dict "name" $name "annotations" $annotations) .) | nindent 2 }}
spec:
  accessModes:
    {{- toYaml .settings.persistence.accessModes | nindent 4 }}
  storageClassName: {{ $volume.storageClass | default (include "antdb.storageClassOf" .) | quote }}
  volumeName: {{ $volume.volumeName }}
  resources:
    requests:
      storage: {{ .claim.size }}
{{- end -}}

{{/* (an entry of existingVolumes): a volume's name, or {volumeName, storageClass}. */}}
{{- define "antdb.existingVolume" -}}
{{- ternary . (dict "volumeName" .) (kindIs "map" .) | toYaml -}}
{{- end -}}
