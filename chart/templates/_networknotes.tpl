{{/* What NOTES.txt says of who reaches which port. */}}
{{- define "antdb.networkNotes" -}}
{{- $policy := .Values.networkPolicy -}}
{{- $outside := false -}}
{{- range $policy.clients -}}
{{- $outside = or $outside (hasKey . "ipBlock") -}}
{{- end -}}
{{- if not $policy.enabled -}}
Any pod of this Kubernetes cluster reaches every port (networkPolicy.enabled=false): the agents' port 8432 runs shell
commands for whoever connects.
{{ else if and (ne .Values.service.rw.type "ClusterIP") (not $outside) -}}
Clients from outside the cluster are kept out until networkPolicy.clients has an ipBlock for them, for example:
  --set networkPolicy.clients.outside.ipBlock.cidr=203.0.113.0/24
{{ end -}}
{{- end -}}
