{{/* (root, component): the headless Service that names a role's pods, also while they are not ready. */}}
{{- define "antdb.headlessService" -}}
{{- $name := printf "%s-%s" (include "antdb.fullname" .root) .component -}}
{{- $ports := include "antdb.nodePorts" . | fromYamlArray -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "antdb.metadata" (dict "root" .root "component" .component "name" $name) | nindent 2 }}
spec:
  type: ClusterIP
  clusterIP: None
  publishNotReadyAddresses: true
  selector:
    {{- include "antdb.selectorLabels" . | nindent 4 }}
  ports:
    {{- range $ports }}
    - { name: {{ .name }}, port: {{ .containerPort }}, targetPort: {{ .name }}, protocol: TCP }
    {{- end }}
{{- end -}}
