import { exporterSchemas } from "./schema-exporters.ts";
import {
  clientRule,
  ipv4Network,
  listOf,
  mapOf,
  nameOrEmpty,
  oneOf,
  pattern,
  quantity,
  raw,
  ref,
  type Schema,
  secretKey,
  sqlName,
  strict,
  strings,
  text,
  whole,
} from "./schema-parts.ts";
import { container, rollingUpdate, spreadConstraint, toleration } from "./schema-kubernetes.ts";
import { clientService, networkPolicy } from "./schema-network.ts";
import { persistence, rolePersistence } from "./schema-storage.ts";

/** Every key that a pod's settings may have, in `pods`, in a role and in a Job alike. */
const podKeys = [
  ...["labels", "annotations", "nodeSelector", "tolerations", "affinity", "topologySpreadConstraints"],
  ...[
    "priorityClassName",
    "runtimeClassName",
    "schedulerName",
    "podSecurityContext",
    "containerSecurityContext",
  ],
  ...["resources", "extraEnv", "extraVolumes", "extraVolumeMounts", "extraContainers", "extraInitContainers"],
] as const;

const fromDefinitions = (keys: readonly string[]): Record<string, Schema> =>
  Object.fromEntries(keys.map((key) => [key, ref(key)]));

const pod = fromDefinitions(podKeys);
/** What `nodes` has beyond `pods`. */
const node = {
  ...pod,
  diagnostic: { type: "boolean" },
  ...fromDefinitions([
    "sharedMemory",
    "updateStrategy",
    "probes",
    "persistence",
    "terminationGracePeriodSeconds",
  ]),
};
/** One role, one Job: these also choose their image. */
const role = { ...node, image: ref("image"), persistence: ref("rolePersistence") };
/** A role that is a node of the database, which the manager is not. */
const databaseRole = { ...role, parameters: ref("parameters") };
/** A Job may not outlive helm's --timeout, and needs the reserve that the program's own deadline is made with. */
const job = (maximum: number, more: Readonly<Record<string, Schema>> = {}): Schema =>
  strict({
    ...pod,
    ...more,
    ...fromDefinitions(["image", "terminationGracePeriodSeconds"]),
    activeDeadlineSeconds: whole(30, maximum),
    jobAnnotations: ref("annotations"),
    jobLabels: ref("labels"),
  });

const watcher: Schema = strict({
  ...pod,
  ...fromDefinitions(["image", "terminationGracePeriodSeconds", "probes"]),
  enabled: { type: "boolean" },
  intervalSeconds: whole(5, 3600),
});

const { exporters, monitoring } = exporterSchemas(fromDefinitions(["image", "resources"]));
const count: Schema = { type: "integer", minimum: 0 }; // seconds, times, user and group ids
/** A Kubernetes probe; exec, httpGet, tcpSocket or grpc replaces the chart's way of asking. */
const probe = strict({
  ...Object.fromEntries(["exec", "httpGet", "tcpSocket", "grpc"].map((how) => [how, raw])),
  ...Object.fromEntries(
    ["initialDelaySeconds", "periodSeconds", "timeoutSeconds", "successThreshold", "failureThreshold"].map(
      (key) => [key, count],
    ),
  ),
  terminationGracePeriodSeconds: count,
});
const resourceList: Schema = {
  type: "object",
  additionalProperties: false,
  patternProperties: { "^(cpu|memory|ephemeral-storage|hugepages-.+|[^/]+/[^/]+)$": quantity },
};
const identity = { runAsUser: count, runAsGroup: count, runAsNonRoot: { type: "boolean" } };
const profile = strict({ type: text, localhostProfile: text });
const profiles = {
  seccompProfile: profile,
  appArmorProfile: profile,
  seLinuxOptions: raw,
  windowsOptions: raw,
};

const definitions: Record<string, Schema> = {
  labels: strings,
  annotations: strings,
  nodeSelector: strings,
  tolerations: listOf(toleration),
  affinity: strict({ nodeAffinity: raw, podAffinity: raw, podAntiAffinity: raw }),
  topologySpreadConstraints: listOf(spreadConstraint),
  priorityClassName: nameOrEmpty,
  runtimeClassName: nameOrEmpty,
  schedulerName: text,
  podSecurityContext: strict({
    ...identity,
    ...profiles,
    fsGroup: count,
    fsGroupChangePolicy: oneOf("OnRootMismatch", "Always"),
    supplementalGroups: listOf(count),
    supplementalGroupsPolicy: oneOf("Merge", "Strict"),
    seLinuxChangePolicy: text,
    sysctls: listOf(raw),
  }),
  containerSecurityContext: strict({
    ...identity,
    ...profiles,
    allowPrivilegeEscalation: { type: "boolean" },
    privileged: { type: "boolean" },
    readOnlyRootFilesystem: { type: "boolean" },
    capabilities: strict({ add: listOf(text), drop: listOf(text) }),
    procMount: text,
  }),
  resources: strict({ limits: resourceList, requests: resourceList, claims: listOf(raw) }),
  extraEnv: mapOf({ type: ["string", "number", "boolean", "object"] }),
  extraVolumes: mapOf(raw),
  extraVolumeMounts: mapOf({ type: "object", required: ["mountPath"] }),
  extraContainers: mapOf(container),
  extraInitContainers: mapOf(container),
  terminationGracePeriodSeconds: whole(5, 3600),
  sharedMemory: quantity,
  updateStrategy: strict({ type: oneOf("RollingUpdate", "OnDelete"), rollingUpdate }),
  probes: strict({ startup: probe, readiness: probe, liveness: probe }),
  persistence,
  rolePersistence,
  image: strict({
    registry: text,
    repository: pattern("^[a-z0-9]+([._/-]+[a-z0-9]+)*$"),
    tag: { type: "string", pattern: "^([A-Za-z0-9_][A-Za-z0-9._-]{0,127})?$" },
    digest: pattern("^(sha256:[a-f0-9]{64})?$"),
    pullPolicy: oneOf("IfNotPresent", "Always", "Never"),
  }),
  pullSecrets: mapOf({ type: "boolean" }),
  /** Names as the engine has them, a library's with its prefix; which of them are not the user's is for the templates to say, with the reason. */
  parameters: {
    ...mapOf({ type: ["string", "number", "boolean"] }),
    propertyNames: pattern("^[a-zA-Z_][a-zA-Z0-9_]*([.][a-zA-Z_][a-zA-Z0-9_]*)?$"),
  },
};

/** How pods keep apart, and of what: hosts, zones, anything a node label tells apart. */
const apart = strict({
  type: oneOf("required", "preferred", "none"),
  topologyKey: { type: "string", minLength: 1 },
});

/** Other numbers that make no sense are refused by the templates, which can name the remedy. */
const replicas: Schema = { type: "integer", minimum: 0 };

/** The whole schema of values.yaml. `enabled` and `global` are for parent charts. */
export const valuesSchema: Schema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Values of the antdb chart",
  ...strict({
    enabled: { type: "boolean" },
    global: {
      type: "object",
      properties: { imageRegistry: text, pullSecrets: ref("pullSecrets"), storageClass: text },
    },
    nameOverride: nameOrEmpty,
    fullnameOverride: pattern("^([a-z]([-a-z0-9]*[a-z0-9])?)?$"),
    commonLabels: strings,
    commonAnnotations: strings,
    images: strict({ antdb: ref("image"), hooks: ref("image"), pullSecrets: ref("pullSecrets") }),
    auth: strict({
      existingSecret: nameOrEmpty,
      username: sqlName,
      database: sqlName,
      keys: strict({
        hooksPassword: secretKey,
        username: secretKey,
        password: secretKey,
        database: secretKey,
        monitorPassword: secretKey,
      }),
    }),
    clients: strict({
      cidrs: listOf(ipv4Network, { uniqueItems: true }),
      rules: listOf(clientRule, { uniqueItems: true }),
    }),
    service: strict({ rw: clientService }),
    networkPolicy,
    disruption: strict({
      enabled: { type: "boolean" },
      unhealthyPodEvictionPolicy: oneOf("AlwaysAllow", "IfHealthyBudget"),
    }),
    parameters: strict({ restartPolicy: oneOf("manual", "rolling") }),
    pairing: strict({
      mode: oneOf("auto", "pair", "role", "custom"),
      type: oneOf("required", "preferred"),
      topologyKey: { type: "string", minLength: 1 },
    }),
    apart: strict({ gtm: apart, cn: apart }),
    retention: strict({ whenDeleted: oneOf("Retain", "Delete"), whenScaled: oneOf("Retain", "Delete") }),
    pods: strict(pod),
    nodes: strict({ ...node, parameters: ref("parameters") }),
    mgr: strict(role),
    gc: strict({ ...databaseRole, replicas }),
    gcs: strict({ ...databaseRole, replicas }),
    cn: strict({ ...databaseRole, replicas }),
    dn: strict({ ...databaseRole, replicas }),
    ds: strict({
      ...databaseRole,
      replicas: { type: ["integer", "null", "string"], minimum: 0, pattern: "^$" },
    }),
    exporters,
    monitoring,
    watcher,
    // An unquoted off is false in YAML.
    rebalance: strict({
      mode: { enum: ["off", false, "tables", "all"] },
      order: oneOf("smallest", "biggest"),
      run: text,
    }),
    hooks: strict({ mode: oneOf("hook", "job"), timeoutSeconds: whole(60, 7200), run: text }),
    jobs: strict({
      credentials: job(3600),
      guard: job(3600),
      reconcile: job(3600),
      rebalance: job(30 * 86_400),
      test: job(3600),
      teardown: job(3600, { strict: { type: "boolean" } }),
    }),
  }),
  definitions,
};
