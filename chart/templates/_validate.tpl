{{/* What the schema can't say. Each refusal names the value, what is wrong with it, and the way out. */}}
{{- define "antdb.validate" -}}
{{- include "antdb.validateNames" . -}}
{{- include "antdb.validateReplicas" . -}}
{{- include "antdb.validateStorage" . -}}
{{- include "antdb.validateHooks" . -}}
{{- include "antdb.validateParameters" . -}}
{{- end -}}

{{/* helm gives up on a hook after its --timeout, and says nothing of the cause; the Job has to end before. */}}
{{- define "antdb.validateHooks" -}}
{{- $hooks := .Values.hooks -}}
{{- range $name, $job := omit .Values.jobs "rebalance" -}}
{{- if and (or (eq $hooks.mode "hook") (eq $name "test")) (ge (int $job.activeDeadlineSeconds) (int $hooks.timeoutSeconds)) -}}
{{- fail (printf "jobs.%s.activeDeadlineSeconds: %d is not below hooks.timeoutSeconds (%d): helm would give up before the Job does, without the cause. Set hooks.timeoutSeconds to %d or more and give helm the same as --timeout %ds, or lower jobs.%s.activeDeadlineSeconds." $name (int $job.activeDeadlineSeconds) (int $hooks.timeoutSeconds) (add 15 (int $job.activeDeadlineSeconds)) (add 15 (int $job.activeDeadlineSeconds)) $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "antdb.validateNames" -}}
{{- $fullname := include "antdb.fullname" . -}}
{{- /* Kubernetes labels a StatefulSet's pods with NAME-HASH (63 characters): 52 for NAME, of which "-gcs" takes 4. Without
hooks a Job's pods are labelled with NAME-credentials-HASH, and with any with NAME-rebalance-HASH. */ -}}
{{- $most := ternary (ternary 44 48 (eq (include "antdb.rebalances" .) "true")) 41 (eq .Values.hooks.mode "hook") -}}
{{- if gt (len $fullname) $most -}}
{{- fail (printf "fullnameOverride: the full name %q has %d characters and may have %d, since object names and pod labels are made of it. Set fullnameOverride to a shorter name, or choose a shorter release name." $fullname (len $fullname) $most) -}}
{{- end -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $fullname) -}}
{{- fail (printf "fullnameOverride: the full name %q can't name a Service: it must begin with a lower-case letter and hold only lower-case letters, digits and '-'. Set fullnameOverride, or choose another release name." $fullname) -}}
{{- end -}}
{{- end -}}

{{- define "antdb.validateReplicas" -}}
{{- $values := .Values -}}
{{- if ne (int $values.gc.replicas) 1 -}}
{{- fail (printf "gc.replicas: %v: a cluster has exactly one global transaction master. Leave gc.replicas at 1 and set gcs.replicas for its standbys." $values.gc.replicas) -}}
{{- end -}}
{{- range $role := list "cn" "dn" -}}
{{- if lt (int (get $values $role).replicas) 1 -}}
{{- fail (printf "%s.replicas: %v: a cluster needs at least one %s. Set %s.replicas to 1 or more." $role (get $values $role).replicas (ternary "coordinator" "datanode" (eq $role "cn")) $role) -}}
{{- end -}}
{{- end -}}
{{- $ds := include "antdb.replicas" (dict "root" . "component" "ds") | int -}}
{{- if not (has $ds (list 0 (int $values.dn.replicas))) -}}
{{- fail (printf "ds.replicas: %d, but dn.replicas is %v: every datanode has one standby, or none has. Leave ds.replicas empty (it follows dn.replicas), or set it to 0 for a cluster without standbys." $ds $values.dn.replicas) -}}
{{- end -}}
{{- range $role := list "gcs" "cn" "dn" -}}
{{- $count := int (get $values $role).replicas -}}
{{- if gt $count 128 -}}
{{- fail (printf "%s.replicas: %d: the manager is not known to drive more than 128 nodes of a role. Set %s.replicas to 128 or less." $role $count $role) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What the schema can't explain: parameters that are not the user's, and those a standby must have as its master has them. */}}
{{- define "antdb.validateParameters" -}}
{{- $rules := .Files.Get "files/parameters.yaml" | fromYaml -}}
{{- $values := .Values -}}
{{- range $role := list "nodes" "gc" "gcs" "cn" "dn" "ds" -}}
{{- range $name, $value := (get $values $role).parameters -}}
{{- $why := get $rules.owned (lower $name) -}}
{{- if $why -}}
{{- fail (printf "%s.parameters.%s can't be set: %s. Take it out of the values." $role $name $why) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $standby, $master := dict "gcs" "gc" "ds" "dn" -}}
{{- range $name, $value := (get $values $standby).parameters -}}
{{- $theirs := get (merge dict ((get $values $master).parameters | default dict) ($values.nodes.parameters | default dict)) $name -}}
{{- if and (has (lower $name) $rules.sameInPair) (ne (toString $theirs) (toString $value)) -}}
{{- fail (printf "%s.parameters.%s: %v: a standby must have what its master has, with which it changes places. Set %s.parameters.%s, which holds for %s as well." $standby $name $value $master $name $standby) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
