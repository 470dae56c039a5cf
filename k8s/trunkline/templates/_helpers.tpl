{{- define "trunkline.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Short enough that "-moderation" and the hash of a pod still fit in 63. */}}
{{- define "trunkline.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "trunkline.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{- end -}}
{{- end -}}
{{- end -}}

{{- define "trunkline.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "trunkline.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{/* Called with a dict of root and app. */}}
{{- define "trunkline.selectorLabels" -}}
app.kubernetes.io/name: {{ include "trunkline.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .app }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "trunkline.labels" -}}
{{ include "trunkline.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: trunkline
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* How many processes may hold connections at once: a roll-out starts one more of each service before it ends one. */}}
{{- define "trunkline.processes" -}}
{{- $count := 0 -}}
{{- range $app, $service := .Values.services -}}
{{- if $service.enabled -}}{{- $count = add $count (int $service.replicas) 1 -}}{{- end -}}
{{- end -}}
{{- $count -}}
{{- end -}}

{{/* A process never opens fewer than three connections (createBackbone). */}}
{{- define "trunkline.connectionsEach" -}}
{{- max 3 (div (int .Values.settings.DB_CONNECTION_BUDGET) (int (include "trunkline.processes" .))) -}}
{{- end -}}

{{/* From SIGTERM's preStop to the moment at which the process has given up by itself, and a margin. */}}
{{- define "trunkline.graceSeconds" -}}
{{- with .Values.shutdown -}}
{{- add (int .preStopSeconds) (ceil (divf (addf .probeMs .deadlineMs) 1000)) 5 -}}
{{- end -}}
{{- end -}}

{{/* Variables that are no secrets, as a map: what operators set, and what follows from the chart. */}}
{{- define "trunkline.settings" -}}
{{- $made := dict
  "NODE_ENV" "production"
  "PORT" "3000"
  "METRICS_PORT" "9394"
  "BIND" "0.0.0.0"
  "DATA_DIR" "/data"
  "DB_PROCESSES" (include "trunkline.processes" .)
  "SHUTDOWN_PROBE_MS" (int .Values.shutdown.probeMs | toString)
  "SHUTDOWN_LINGER_MS" (int .Values.shutdown.lingerMs | toString)
  "SHUTDOWN_DEADLINE_MS" (int .Values.shutdown.deadlineMs | toString)
-}}
{{- range $name, $value := merge $made .Values.settings }}
{{ $name }}: {{ $value | toString | quote }}
{{- end -}}
{{- end -}}

{{/*
env entries for the secrets. Called with a dict of root and refs (those of one service alone). A service with a
DATABASE_URL of its own has a database role of its own: addresses that belong to another role are not given to it.
*/}}
{{- define "trunkline.secretEnv" -}}
{{- $refs := merge (dict) .refs .root.Values.secrets.refs -}}
{{- $needed := list "DATABASE_URL" "REDIS_URL" "NATS_URL" "TRUNKLINE_SECRET_KEYS" -}}
{{- $known := list "DATABASE_DIRECT_URL" "DATABASE_REPLICA_URL" "VAPID_PUBLIC_KEY" "VAPID_PRIVATE_KEY" "SMTP_LOGIN" "SMTP_PASSWORD" "AWS_ACCESS_KEY_ID" "AWS_SECRET_ACCESS_KEY" -}}
{{- $existing := .root.Values.secrets.existingSecret -}}
{{- if hasKey .refs "DATABASE_URL" -}}
{{- $known = without $known "DATABASE_DIRECT_URL" "DATABASE_REPLICA_URL" -}}
{{- $refs = merge (dict) .refs (omit .root.Values.secrets.refs "DATABASE_DIRECT_URL" "DATABASE_REPLICA_URL") -}}
{{- end -}}
{{- range $name := concat $needed $known (keys $refs) | uniq | sortAlpha }}
{{- $ref := get $refs $name | default dict }}
{{- if or $ref.name $existing }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef:
      name: {{ $ref.name | default $existing }}
      key: {{ $ref.key | default $name }}
      {{- if not (or $ref.name (has $name $needed)) }}
      optional: true
      {{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The "restricted" profile of the Pod Security Standards. */}}
{{- define "trunkline.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "trunkline.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* The routes of the services that run, from the table that the local proxy uses as well. */}}
{{- define "trunkline.routes" -}}
{{- $kept := list -}}
{{- range .Files.Get "files/routes.json" | fromJsonArray -}}
{{- if (get $.Values.services .app).enabled -}}{{- $kept = append $kept . -}}{{- end -}}
{{- end -}}
{{- toJson $kept -}}
{{- end -}}

{{- define "trunkline.webDomain" -}}
{{- get .Values.settings "WEB_DOMAIN" | default .Values.settings.LOCAL_DOMAIN -}}
{{- end -}}
