{{/* (root, kind: antdb|hooks, settings): the image's full name. global.imageRegistry wins over every registry. */}}
{{- define "antdb.image" -}}
{{- $image := mergeOverwrite (deepCopy (get .root.Values.images .kind)) (deepCopy (.settings.image | default dict)) -}}
{{- $version := ternary .root.Chart.AppVersion .root.Chart.Version (eq .kind "antdb") -}}
{{- include "antdb.imageName" (dict "root" .root "image" $image "version" $version) -}}
{{- end -}}

{{/* (root, image, version): version is the tag where the image has none. */}}
{{- define "antdb.imageName" -}}
{{- $image := .image -}}
{{- $registry := (.root.Values.global).imageRegistry | default $image.registry -}}
{{- $name := ternary (printf "%s/%s" $registry $image.repository) $image.repository (ne $registry "") -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name ($image.tag | default .version | toString) -}}
{{- end -}}
{{- end -}}

{{- define "antdb.imagePullPolicy" -}}
{{- $image := mergeOverwrite (deepCopy (get .root.Values.images .kind)) (deepCopy (.settings.image | default dict)) -}}
{{- $image.pullPolicy | default "IfNotPresent" -}}
{{- end -}}

{{/* (root): the names of all pull secrets that are switched on, as a list of references. */}}
{{- define "antdb.pullSecrets" -}}
{{- $all := merge (deepCopy .root.Values.images.pullSecrets) (deepCopy ((.root.Values.global).pullSecrets | default dict)) -}}
{{- range $name := keys $all | sortAlpha }}
{{- if get $all $name }}
- name: {{ $name }}
{{- end }}
{{- end }}
{{- end -}}
