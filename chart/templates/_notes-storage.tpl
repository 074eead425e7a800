{{/* (root itself): what NOTES say of volumes: what stays, what directories on hosts cost, and how to be rid of both. */}}
{{- define "antdb.storageNotes" -}}
{{- $ns := .Release.Namespace -}}
{{- $release := .Release.Name -}}
{{- $onHosts := include "antdb.rolesOnHosts" . | fromYamlArray -}}
{{- if eq .Values.retention.whenDeleted "Delete" }}
- `helm uninstall` DELETES every volume, the Secret with the passwords and the copy of the manager's catalog
  (retention.whenDeleted=Delete).
{{- else }}
- `helm uninstall` keeps the volumes and the Secret with the passwords: an install of the same name finds its data
  again. To remove them for good, after uninstalling:
    kubectl -n {{ $ns }} delete pvc -l app.kubernetes.io/instance={{ $release }}
    {{- if $onHosts }}
    kubectl delete pv -l app.kubernetes.io/instance={{ $release }},antdb.io/namespace={{ $ns }}
    {{- end }}
    kubectl -n {{ $ns }} delete secret {{ include "antdb.catalogSecretName" . }}{{ if not .Values.auth.existingSecret }} {{ include "antdb.secretName" . }}{{ end }}
{{- end }}
{{- if eq .Values.retention.whenScaled "Delete" }}
- A pod that is scaled away takes its volume with it (retention.whenScaled=Delete).
{{- else }}
- A pod that is scaled away leaves its volume behind, and finds it again when it comes back (retention.whenScaled=Retain).
{{- end }}
{{- if $onHosts }}
- Volumes of {{ join ", " $onHosts }} are DIRECTORIES ON HOSTS: a lost host is lost data, nothing but the disk bounds their size,
  and a pod runs on its one host or not at all. They stay on the hosts whatever is deleted here, each at
  PATH/{{ $ns }}/{{ include "antdb.fullname" . }}/ROLE-ORDINAL (persistence.hostPath.path):
    kubectl get pv -l app.kubernetes.io/instance={{ $release }},antdb.io/namespace={{ $ns }} -o custom-columns=CLAIM:.spec.claimRef.name,PATH:.spec.hostPath.path,HOST:.spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values[0]
{{- if include "antdb.preparesDirectories" . }}
- Their init container is root with the right to change owners: the namespace has to admit the baseline Pod Security
  Standard (restricted would refuse the pods). persistence.hostPath.prepare=false goes without it.
{{- end }}
{{- end }}
{{- end -}}

{{/* (root itself): the roles whose volumes are directories on hosts. */}}
{{- define "antdb.rolesOnHosts" -}}
{{- range $role := list "mgr" "gc" "gcs" "cn" "dn" "ds" }}
{{- if include "antdb.onHosts" (dict "root" $ "component" $role) }}
- {{ $role }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "antdb.preparesDirectories" -}}
{{- range $role := include "antdb.rolesOnHosts" . | fromYamlArray -}}
{{- if (include "antdb.roleSettings" (dict "root" $ "component" $role) | fromYaml).persistence.hostPath.prepare -}}
yes
{{- end -}}
{{- end -}}
{{- end -}}
