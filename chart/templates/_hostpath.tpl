{{/* (root itself): what volumes and storage class of a release are called. PersistentVolumes belong to no namespace; a dot
can stand in neither part, so no two releases come to one name. */}}
{{- define "antdb.hostPathPrefix" -}}
{{- printf "%s.%s" .Release.Namespace (include "antdb.fullname" .) -}}
{{- end -}}

{{/* (root, component): a PersistentVolume for each pod of a role whose volumes are directories on hosts. */}}
{{- define "antdb.volumes" -}}
{{- $settings := include "antdb.roleSettings" . | fromYaml -}}
{{- if $settings.persistence.hostPath.enabled -}}
{{- $context := merge (dict "settings" $settings) . -}}
{{- range $ordinal := until (include "antdb.replicas" . | int) }}
{{- range $claim := include "antdb.claimsOf" $context | fromYamlArray }}
---
{{ include "antdb.volume" (merge (dict "claim" $claim "ordinal" $ordinal) $context) }}
{{- end }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* (root, component, settings, claim, ordinal): bound to its claim before that exists, and to its host for ever. */}}
{{- define "antdb.volume" -}}
{{- $pod := printf "%s-%d" .component .ordinal -}}
{{- $suffix := ternary "" (printf ".%s" .claim.name) (eq .claim.name "data") -}}
apiVersion: v1
kind: PersistentVolume
metadata:
  name: {{ include "antdb.hostPathPrefix" .root }}.{{ $pod }}{{ $suffix }}
  labels:
    {{- include "antdb.labels" (dict "root" .root "component" .component) | nindent 4 }}
    antdb.io/namespace: {{ .root.Release.Namespace }}
  annotations:
    {{- toYaml (merge (dict "helm.sh/resource-policy" "keep") .root.Values.commonAnnotations) | nindent 4 }}
spec:
  capacity:
    storage: {{ .claim.size }}
  accessModes:
    {{- toYaml .settings.persistence.accessModes | nindent 4 }}
  persistentVolumeReclaimPolicy: Retain
  storageClassName: {{ include "antdb.storageClassOf" . }}
  claimRef:
    apiVersion: v1
    kind: PersistentVolumeClaim
    namespace: {{ .root.Release.Namespace }}
    name: {{ .claim.name }}-{{ include "antdb.fullname" .root }}-{{ $pod }}
  hostPath:
    path: {{ include "antdb.hostPathOfRole" . }}-{{ .ordinal }}{{ $suffix }}
    type: DirectoryOrCreate
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions:
            - { key: kubernetes.io/hostname, operator: In, values: [{{ include "antdb.hostOf" . | quote }}] }
{{- end -}}

{{/* (root, component, claim): the directory of a role's pods but for the ordinal. */}}
{{- define "antdb.hostPathOfRole" -}}
{{- printf "%s/%s/%s/%s" (trimSuffix "/" .claim.hostPath) .root.Release.Namespace (include "antdb.fullname" .root) .component -}}
{{- end -}}

{{/* (component, settings, ordinal): the host of one pod: the one placement names, else the hosts in turn, standbys one
further than datanodes. It depends on nothing that grows: more pods move none. */}}
{{- define "antdb.hostOf" -}}
{{- $own := .settings.persistence.hostPath -}}
{{- $named := get ($own.placement | default dict) (toString .ordinal) -}}
{{- if $named -}}
{{- $named -}}
{{- else if $own.hosts -}}
{{- $ahead := get (dict "gcs" 1 "ds" 1 "mgr" (sub (len $own.hosts) 1)) .component | default 0 | int -}}
{{- index $own.hosts (mod (add .ordinal $ahead) (len $own.hosts)) -}}
{{- else -}}
{{- fail (printf "%s.persistence.hostPath: no host is named for %s-%d, and a directory is on one host only. Name the hosts in nodes.persistence.hostPath.hosts (or %s.persistence.hostPath.hosts), as `kubectl get nodes -L kubernetes.io/hostname` shows them." .component .component .ordinal .component) -}}
{{- end -}}
{{- end -}}

{{/* (root, component, settings): the container that gives the directory, which the kubelet makes as root's, to the
engine's user. It changes an empty directory of root's only. */}}
{{- define "antdb.directoryContainer" -}}
{{- $claims := include "antdb.claimsOf" . | fromYamlArray -}}
{{- $user := .settings.podSecurityContext.runAsUser | default 1000 | int -}}
{{- $group := .settings.podSecurityContext.runAsGroup | default $user | int -}}
name: directory
image: {{ include "antdb.image" (merge (dict "kind" "antdb") .) }}
imagePullPolicy: {{ include "antdb.imagePullPolicy" (merge (dict "kind" "antdb") .) }}
command: [/bin/bash, /etc/antdb-entrypoint/give-directory.sh]
args:
  {{- range $claim := $claims }}
  - {{ $claim.mountPath }}
  {{- end }}
env:
  - { name: OWNER, value: "{{ $user }}:{{ $group }}" }
  - { name: HOST_PATH, value: "{{ include "antdb.hostPathOfRole" (merge (dict "claim" (first $claims)) .) }}-*" }
securityContext:
  runAsUser: 0
  runAsGroup: 0
  runAsNonRoot: false
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL], add: [CHOWN] }
resources: { limits: { cpu: 100m, memory: 64M }, requests: { cpu: 10m, memory: 16M } }
volumeMounts:
  {{- range $claim := $claims }}
  - { name: {{ $claim.name }}, mountPath: {{ $claim.mountPath }} }
  {{- end }}
  - { name: entrypoint, mountPath: /etc/antdb-entrypoint, readOnly: true }
{{- end -}}
