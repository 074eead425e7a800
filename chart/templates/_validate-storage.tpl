{{/* What the schema can't say of volumes. (root itself) */}}
{{- define "antdb.validateStorage" -}}
{{- $taken := dict -}}
{{- range $role := list "mgr" "gc" "gcs" "cn" "dn" "ds" -}}
{{- $settings := include "antdb.roleSettings" (dict "root" $ "component" $role) | fromYaml -}}
{{- range $claim := include "antdb.claimsOf" (dict "root" $ "component" $role "settings" $settings) | fromYamlArray -}}
{{- range $ordinal, $entry := $claim.existingVolumes -}}
{{- $volume := (include "antdb.existingVolume" $entry | fromYaml).volumeName -}}
{{- $pod := printf "%s-%s" $role $ordinal -}}
{{- if $settings.persistence.hostPath.enabled -}}
{{- fail (printf "%s.persistence.existingVolumes: %s has the volume %q, but %s.persistence.hostPath.enabled makes one for it. Leave one of the two out." $role $pod $volume $role) -}}
{{- end -}}
{{- if hasKey $taken $volume -}}
{{- fail (printf "%s.persistence.existingVolumes: the volume %q is given to %s and to %s: one of them would never start. Name a volume once." $role $volume (get $taken $volume) $pod) -}}
{{- end -}}
{{- $_ := set $taken $volume $pod -}}
{{- end -}}
{{- end -}}
{{- if $settings.persistence.hostPath.enabled -}}
{{- include "antdb.validateHostPath" (dict "root" $ "component" $role "settings" $settings) -}}
{{- end -}}
{{- end -}}
{{- include "antdb.validateHosts" . -}}
{{- end -}}

{{/* (root, component, settings): of a role whose volumes are directories on hosts. */}}
{{- define "antdb.validateHostPath" -}}
{{- range $key := list "path" "walPath" -}}
{{- $path := get $.settings.persistence.hostPath $key -}}
{{- if regexMatch "(^|/)[.][.]?(/|$)" $path -}}
{{- fail (printf "%s.persistence.hostPath.%s: %q: `.` and `..` may not be in it. Give the path as it is." $.component $key $path) -}}
{{- end -}}
{{- end -}}
{{- range $key := list "whenDeleted" "whenScaled" -}}
{{- if ne (get $.root.Values.retention $key) "Retain" -}}
{{- fail (printf "retention.%s: Delete, but %s.persistence.hostPath.enabled: Kubernetes deletes no directory of a host, and a later install would find old rows in it. Leave retention.%s at Retain; NOTES say how to remove the directories by hand." $key $.component $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Directories tie pods to hosts, so what the values require of the pods has to hold for the hosts. (root itself) */}}
{{- define "antdb.validateHosts" -}}
{{- $hosts := dict -}}
{{- range $role := list "gc" "gcs" "cn" "dn" "ds" -}}
{{- $context := dict "root" $ "component" $role "settings" (include "antdb.roleSettings" (dict "root" $ "component" $role) | fromYaml) -}}
{{- $own := list -}}
{{- if include "antdb.onHosts" $context -}}
{{- range $ordinal := until (include "antdb.replicas" $context | int) -}}
{{- $own = append $own (include "antdb.hostOf" (merge (dict "ordinal" $ordinal) $context)) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $hosts $role $own -}}
{{- end -}}
{{- include "antdb.validatePairs" (dict "root" . "hosts" $hosts) -}}
{{- range $key, $roles := dict "gtm" (list "gc" "gcs") "cn" (list "cn") -}}
{{- $rule := get $.Values.apart $key -}}
{{- if and (eq $rule.type "required") (eq $rule.topologyKey "kubernetes.io/hostname") -}}
{{- $all := list -}}
{{- range $role := $roles -}}
{{- $all = concat $all (get $hosts $role) -}}
{{- end -}}
{{- if ne (len $all) (len (uniq $all)) -}}
{{- fail (printf "%s.persistence.hostPath.hosts: two pods of %s come to one host (%s), which apart.%s.type=required forbids: one would never start. Name more hosts, or set apart.%s.type=preferred." (last $roles) (join "/" $roles) (join ", " $all) $key $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* (root, hosts: role → its pods' hosts) */}}
{{- define "antdb.validatePairs" -}}
{{- $pairing := .root.Values.pairing -}}
{{- $dn := .hosts.dn -}}
{{- if and (eq $pairing.type "required") (ne $pairing.mode "custom") -}}
{{- range $ordinal, $host := .hosts.ds -}}
{{- if and (lt $ordinal (len $dn)) (eq $host (index $dn $ordinal)) -}}
{{- fail (printf "ds.persistence.hostPath: dn-%d and ds-%d would both be on the host %q, and with it both copies of the same rows. Name two hosts or more in nodes.persistence.hostPath.hosts, or others in ds.persistence.hostPath.placement; pairing.type=preferred allows one host." $ordinal $ordinal $host) -}}
{{- end -}}
{{- if and (eq $pairing.mode "role") (has $host $dn) -}}
{{- fail (printf "ds.persistence.hostPath: ds-%d would be on the host %q, where there is a datanode too, which pairing.mode=role forbids. Give dn.persistence.hostPath.hosts and ds.persistence.hostPath.hosts no host in common, or leave pairing.mode at auto." $ordinal $host) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
