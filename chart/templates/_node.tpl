{{/* (root, component, settings): the container of a role: the entrypoint in the role's mode; to look inside
(diagnostic) one that only waits, with nobody to ask whether it is well. */}}
{{- define "antdb.nodeContainer" -}}
{{- $role := get (include "antdb.roles" . | fromYaml) .component -}}
name: antdb
{{- if .settings.diagnostic }}
command: [/bin/bash, -c, "trap 'exit 0' TERM; sleep infinity & wait"]
{{- else }}
command: [/bin/bash, /etc/antdb-entrypoint/entrypoint.sh]
args: [{{ $role.mode }}]
{{- end }}
ports:
  {{- include "antdb.nodePorts" . | nindent 2 }}
env:
  # What is left of the grace period for the engine's own fast stop.
  - name: ANTDB_STOP_SECONDS
    value: {{ max 2 (sub (int .settings.terminationGracePeriodSeconds) 4) | quote }}
  {{- if has .component (list "dn" "ds") }}
  # Coordinators dial it; they are told within this time that its pod ends.
  - { name: ANTDB_REFUSE_SECONDS, value: "1.5" }
  {{- end }}
  {{- if .settings.persistence.wal.enabled }}
  - { name: ANTDB_WAL, value: /var/lib/antdb-wal/pg_wal }
  {{- end }}
{{- range $probe := list "startup" "readiness" "liveness" }}
{{- with ternary dict (get $.settings.probes $probe) (not (empty $.settings.diagnostic)) }}
{{ $probe }}Probe:
  {{- $how := ternary dict (deepCopy $role.probe) (or (hasKey . "exec") (hasKey . "httpGet") (hasKey . "tcpSocket") (hasKey . "grpc")) }}
  {{- toYaml (merge $how (deepCopy .)) | nindent 2 }}
{{- end }}
{{- end }}
volumeMounts:
  {{- range $claim := include "antdb.claimsOf" . | fromYamlArray }}
  - { name: {{ $claim.name }}, mountPath: {{ $claim.mountPath }} }
  {{- end }}
  - { name: entrypoint, mountPath: /etc/antdb-entrypoint, readOnly: true }
  - { name: entrypoint, mountPath: /opt/app/antdb/share/postgresql/pg_hba.conf.sample, subPath: pg_hba.conf.sample, readOnly: true }
  - { name: tmp, mountPath: /tmp }
  - { name: run, mountPath: /run }
  - { name: home, mountPath: /home/antdb }
  - { name: shm, mountPath: /dev/shm }
{{- if eq .component "mgr" }}
  - { name: credentials, mountPath: /etc/antdb/credentials, readOnly: true }
{{- end }}
{{- end -}}

{{/* Ports by name: the role's own, and the agent's for all but the manager. */}}
{{- define "antdb.nodePorts" -}}
{{- $role := get (include "antdb.roles" . | fromYaml) .component -}}
- { name: {{ ternary "manager" "postgres" (eq .component "mgr") }}, containerPort: {{ $role.port }}, protocol: TCP }
{{- if ne .component "mgr" }}
- { name: agent, containerPort: 8432, protocol: TCP }
{{- end }}
{{- end -}}

{{/* The root file system is read-only: what the engine writes goes to the volume or to one of these. */}}
{{- define "antdb.nodeVolumes" -}}
- name: entrypoint
  configMap: { name: {{ include "antdb.fullname" .root }}-entrypoint, defaultMode: 0555 }
- { name: tmp, emptyDir: {} }
- { name: run, emptyDir: {} }
- { name: home, emptyDir: {} }
- name: shm
  emptyDir: { medium: Memory, sizeLimit: {{ .settings.sharedMemory | quote }} }
{{- if eq .component "mgr" }}
- name: credentials
  secret:
    secretName: {{ include "antdb.secretName" .root }}
    defaultMode: 0400
    items:
      - { key: {{ .root.Values.auth.keys.hooksPassword }}, path: hooks-password }
{{- end }}
{{- include "antdb.exporterVolumes" . }}
{{- end -}}

{{/* (root, component, settings): what runs before a node's own container. */}}
{{- define "antdb.nodeInitContainers" -}}
{{- if and .settings.persistence.hostPath.enabled .settings.persistence.hostPath.prepare }}
- {{ include "antdb.directoryContainer" . | nindent 2 | trim }}
{{- end }}
{{- end -}}
