/** Values that together reach every branch of the templates: what must hold for the chart must hold for each of these. */
import { readdirSync } from "node:fs";
import { type Rendering, repository } from "./helm.ts";

/** Those of the local cluster and the chart's examples. */
const profiles = ["ci/values", "chart/examples"].flatMap((folder) =>
  readdirSync(`${repository}${folder}`).map((file): [string, Rendering] => [
    `${folder}/${file}`,
    { valuesFiles: [`${repository}${folder}/${file}`] },
  ]),
);

/** Every setting that a pod can be given, as a user would give it. */
export const everyPodSetting = {
  labels: { team: "data" },
  annotations: { "example.com/note": "kept" },
  nodeSelector: { disk: "ssd" },
  tolerations: [{ key: "db", operator: "Exists" }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: "zone", operator: "In", values: ["a"] }] }],
      },
    },
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app: "noisy" } }, topologyKey: "kubernetes.io/hostname" },
      ],
    },
  },
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "ScheduleAnyway" }],
  priorityClassName: "database",
  runtimeClassName: "sandboxed",
  schedulerName: "own-scheduler",
  podSecurityContext: { supplementalGroups: [4242] },
  containerSecurityContext: { runAsGroup: 4243 },
  resources: { limits: { cpu: "3", memory: "3Gi" }, requests: { cpu: "2", memory: "2Gi" } },
  extraEnv: { TZ: "Asia/Shanghai", NODE: { valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } } },
  extraVolumes: { scratch: { emptyDir: {} } },
  extraVolumeMounts: { scratch: { mountPath: "/scratch" } },
  extraContainers: { sidecar: { image: "example.com/sidecar:1" } },
  extraInitContainers: { first: { image: "example.com/first:1" } },
} as const;

/** Name → how to render it. */
export const variants: readonly (readonly [string, Rendering])[] = [
  ["defaults", {}],
  ...profiles,
  ["another release name", { release: "orders", namespace: "shop" }],
  ["before matchLabelKeys", { kubeVersion: "1.28.0" }],
  ["old tables moved", { values: { rebalance: { mode: "all", order: "biggest", run: "2" } } }],
  ["no standbys", { values: { ds: { replicas: 0 }, gcs: { replicas: 0 } } }],
  ["many nodes", { values: { cn: { replicas: 5 }, dn: { replicas: 20 }, gcs: { replicas: 2 } } }],
  ["a Secret of the user's", { values: { auth: { existingSecret: "mine", keys: { password: "pw" } } } }],
  ["everything deleted", { values: { retention: { whenDeleted: "Delete", whenScaled: "Delete" } } }],
  [
    "pairs preferred by zone",
    { values: { pairing: { mode: "role", type: "preferred", topologyKey: "zone" } } },
  ],
  ["no exporters", { values: { exporters: { node: { enabled: false }, postgres: { enabled: false } } } }],
  [
    "exporters by the user's choice, and watched",
    {
      values: {
        exporters: {
          node: { collectors: { cpu: false, pressure: true }, extraArgs: { "web.max-requests": 4 } },
          postgres: {
            image: { digest: `sha256:${"b".repeat(64)}` },
            collectors: { locks: false, wal: true },
            coordinatorCollectors: { stat_user_tables: null },
            extraArgs: { "disable-settings-metrics": "" },
          },
        },
        monitoring: {
          podMonitor: {
            enabled: true,
            labels: { release: "prometheus" },
            annotations: { "example.com/note": "kept" },
            interval: "30s",
            scrapeTimeout: "10s",
            relabelings: [{ targetLabel: "cluster", replacement: "east" }],
            metricRelabelings: [{ action: "drop", regex: "go_.*", sourceLabels: ["__name__"] }],
          },
        },
      },
    },
  ],
  [
    "all apart by force",
    {
      values: {
        pairing: { mode: "role" },
        apart: { gtm: { type: "required" }, cn: { type: "required", topologyKey: "zone" } },
      },
    },
  ],
  [
    "nobody apart",
    { values: { pairing: { mode: "custom" }, apart: { gtm: { type: "none" }, cn: { type: "none" } } } },
  ],
  ["no watcher", { values: { watcher: { enabled: false } } }],
  ["no hooks", { values: { hooks: { mode: "job" }, watcher: { enabled: false } } }],
  ["pairs by the user", { values: { pairing: { mode: "custom" }, disruption: { enabled: false } } }],
  [
    "a load balancer",
    {
      values: {
        service: {
          rw: {
            type: "LoadBalancer",
            nodePort: 30432,
            externalTrafficPolicy: "Local",
            internalTrafficPolicy: "Local",
            trafficDistribution: "PreferClose",
            sourceRanges: ["10.0.0.0/8"],
            clusterIP: "10.96.0.77",
            loadBalancerIP: "192.0.2.10",
            allocateNodePorts: false,
            healthCheckNodePort: 30433,
            externalIPs: ["192.0.2.11"],
            sessionAffinitySeconds: 600,
            loadBalancerClass: "example.com/lb",
            sessionAffinity: "ClientIP",
            annotations: { "example.com/lb": "internal" },
            labels: { tier: "front" },
          },
        },
      },
    },
  ],
  ["an open network", { values: { networkPolicy: { enabled: false } } }],
  [
    "a closed network",
    {
      values: {
        networkPolicy: {
          clients: { orders: { namespaceSelector: { matchLabels: { team: "orders" } } } },
          metrics: { prometheus: { podSelector: { matchLabels: { app: "prometheus" } } } },
          portRanges: false,
          egress: {
            enabled: true,
            extra: { archive: { to: [{ ipBlock: { cidr: "192.0.2.0/24" } }], ports: [{ port: 443 }] } },
          },
        },
      },
    },
  ],
  [
    "directories on hosts",
    { values: { nodes: { persistence: { hostPath: { enabled: true, hosts: ["w1", "w2", "w3"] } } } } },
  ],
  [
    "volumes and directories of the user's",
    {
      values: {
        dn: {
          persistence: { existingVolumes: { "0": "old-0", "1": { volumeName: "old-1", storageClass: "c" } } },
        },
        ds: {
          persistence: { hostPath: { enabled: true, placement: { "0": "w1", "1": "w2" }, prepare: false } },
        },
      },
    },
  ],
  [
    "to look inside, and strict",
    { values: { dn: { diagnostic: true }, jobs: { teardown: { strict: true } } } },
  ],
  ["every pod setting", { values: { pods: everyPodSetting } }],
  [
    "common labels, images and storage",
    {
      values: {
        commonLabels: { team: "data" },
        commonAnnotations: { "example.com/owner": "data" },
        global: { imageRegistry: "registry.local", pullSecrets: { regcred: true }, storageClass: "fast" },
        images: { antdb: { digest: `sha256:${"a".repeat(64)}` }, pullSecrets: { off: false } },
        nodes: {
          persistence: { selector: { matchLabels: { disk: "a" } }, annotations: { "example.com/b": "c" } },
        },
      },
    },
  ],
];
