{{/* (root, component, settings): the exporters beside the engine. Ordinary containers rather than native sidecars
(Kubernetes 1.29): those start before the engine, which an exporter whose image can't be had would then keep from
starting. TERM ends both at once, so no pod ends later for them. They run as another user than the engine, whose files
they can't read. */}}
{{- define "antdb.exporters" -}}
{{- $values := .root.Values.exporters -}}
{{- if $values.node.enabled }}
- {{ include "antdb.exporter" (merge (dict "name" "node-exporter" "portName" "node-metrics" "port" 9100 "exporter" $values.node "own" (include "antdb.nodeExporter" . | fromYaml)) .) | nindent 2 | trim }}
{{- end }}
{{- if $values.postgres.enabled }}
- {{ include "antdb.exporter" (merge (dict "name" "postgres-exporter" "portName" "pg-metrics" "port" 9187 "exporter" $values.postgres "own" (include "antdb.postgresExporter" . | fromYaml)) .) | nindent 2 | trim }}
{{- end }}
{{- end -}}

{{/* (name, portName, port, exporter: its values, own: collectors, args, env, volumeMounts): what both have in common. */}}
{{- define "antdb.exporter" -}}
{{- $exporter := .exporter -}}
{{- $identity := dict "runAsUser" 65534 "runAsGroup" 65534 -}}
name: {{ .name }}
image: {{ include "antdb.imageName" (dict "root" .root "image" $exporter.image "version" "latest") }}
imagePullPolicy: {{ $exporter.image.pullPolicy | default "IfNotPresent" }}
command: [/bin/{{ .name | replace "-" "_" }}]
args:
  - --web.listen-address=:{{ .port }}
  - --log.level=warn
  {{- range .own.args }}
  - {{ . | quote }}
  {{- end }}
  {{- range $collector, $on := .own.collectors }}
  {{- if kindIs "bool" $on }}
  - --{{ ternary "" "no-" $on }}collector.{{ $collector }}
  {{- end }}
  {{- end }}
  {{- range $flag, $value := $exporter.extraArgs }}
  - {{ ternary (printf "--%s" $flag) (printf "--%s=%v" $flag $value) (eq (toString $value) "") | quote }}
  {{- end }}
env:
  - { name: GOMAXPROCS, value: "1" }
  {{- with .own.env }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
ports:
  - { name: {{ .portName }}, containerPort: {{ .port }}, protocol: TCP }
securityContext:
  {{- toYaml (mergeOverwrite (deepCopy .settings.containerSecurityContext) $identity) | nindent 2 }}
resources:
  {{- toYaml $exporter.resources | nindent 2 }}
volumeMounts:
  {{- toYaml .own.volumeMounts | nindent 2 }}
{{- end -}}

{{/* An empty directory of the data volume is enough to ask for the volume's size. Other mounts of a container lie on the
host's root file system. */}}
{{- define "antdb.nodeExporter" -}}
collectors:
  {{- range $name, $on := .root.Values.exporters.node.collectors }}
  {{- if $on }}
  {{ $name }}: true
  {{- end }}
  {{- end }}
args:
  - --collector.disable-defaults
  - --collector.filesystem.mount-points-exclude=^/($|dev|etc|proc|run|sys|tmp)($|/)
  - --web.disable-exporter-metrics
volumeMounts:
  - { name: data, mountPath: /var/lib/antdb, subPath: .size-probe, readOnly: true }
{{- end -}}

{{/* Database postgres, not template1: a session there keeps CREATE DATABASE from working. adb_check_sync_nextid: a gtm
that has just started else sleeps in each statement until all its nodes are back; the manager is no node, and speaks SQL
to this role by a setting of the role (command_mode is a superuser's to set). Settings stand by themselves: the exporter takes
no `options` with a blank in it, and prints the password when it says so. */}}
{{- define "antdb.postgresExporter" -}}
{{- $exporter := .root.Values.exporters.postgres -}}
{{- $port := (get (include "antdb.roles" . | fromYaml) .component).port -}}
{{- $settings := printf "statement_timeout=%d" (int $exporter.statementTimeoutMs) -}}
{{- if ne .component "mgr" -}}
{{- $settings = printf "%s&adb_check_sync_nextid=off" $settings -}}
{{- end -}}
{{- $collectors := deepCopy $exporter.collectors -}}
{{- if has .component (list "gc" "gcs" "cn") -}}
{{- $collectors = mergeOverwrite $collectors (deepCopy $exporter.coordinatorCollectors) -}}
{{- end -}}
collectors:
  {{- toYaml $collectors | nindent 2 }}
env:
  - name: DATA_SOURCE_URI
    value: 127.0.0.1:{{ int $port }}/postgres?sslmode=disable&connect_timeout=3&{{ $settings }}
  - { name: DATA_SOURCE_USER, value: antdb_monitor }
  - { name: DATA_SOURCE_PASS_FILE, value: /etc/antdb-monitor/password }
  - { name: PG_EXPORTER_COLLECTION_TIMEOUT, value: 9s }
volumeMounts:
  - { name: monitor, mountPath: /etc/antdb-monitor, readOnly: true }
{{- end -}}

{{/* (root): of all passwords the one of the role antdb_monitor. */}}
{{- define "antdb.exporterVolumes" -}}
{{- if .root.Values.exporters.postgres.enabled }}
- name: monitor
  secret:
    secretName: {{ include "antdb.secretName" .root }}
    defaultMode: 0400
    items:
      - { key: {{ .root.Values.auth.keys.monitorPassword }}, path: password }
{{- end }}
{{- end -}}

{{/* (root itself): who tells what on which port. */}}
{{- define "antdb.metricsNotes" -}}
{{- $exporters := .Values.exporters -}}
{{- $told := list -}}
{{- if $exporters.node.enabled }}{{ $told = append $told "9100 (host and volume), on every database pod" }}{{ end -}}
{{- if $exporters.postgres.enabled }}{{ $told = append $told "9187 (PostgreSQL), on every database pod" }}{{ end -}}
{{- if .Values.watcher.enabled }}{{ $told = append $told "9090 (the cluster as the watcher sees it), on the watcher's pod" }}{{ end -}}
{{- if $told }}
Metrics for Prometheus, path /metrics:
{{- range $told }}
  - port {{ . }}
{{- end }}
{{- if and .Values.networkPolicy.enabled (not .Values.networkPolicy.metrics) }}
  Nobody reaches them yet: set networkPolicy.metrics to where your Prometheus runs.
{{- end }}
{{- if not .Values.monitoring.podMonitor.enabled }}
  The Prometheus operator finds them by a PodMonitor: monitoring.podMonitor.enabled=true.
{{- end }}
{{ end -}}
{{- end -}}
