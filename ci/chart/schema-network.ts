import { labelSelector } from "./schema-kubernetes.ts";
import {
  ipv4Address,
  ipv4Network,
  ipv4OrEmpty,
  listOf,
  mapOf,
  nullable,
  oneOf,
  raw,
  type Schema,
  strict,
  strings,
  text,
  whole,
} from "./schema-parts.ts";

const trafficPolicy = oneOf("", "Cluster", "Local");
const port = nullable(whole(1, 65535));

/** One Service for clients. What a type of Service may not have is left out by the template. */
export const clientService = strict({
  type: oneOf("ClusterIP", "NodePort", "LoadBalancer"),
  clusterIP: ipv4OrEmpty,
  nodePort: port,
  externalTrafficPolicy: trafficPolicy,
  internalTrafficPolicy: trafficPolicy,
  trafficDistribution: oneOf("", "PreferClose", "PreferSameZone", "PreferSameNode"),
  sourceRanges: listOf(ipv4Network),
  loadBalancerClass: text,
  loadBalancerIP: ipv4OrEmpty,
  allocateNodePorts: { type: ["boolean", "null"] },
  healthCheckNodePort: port,
  externalIPs: listOf(ipv4Address),
  sessionAffinity: oneOf("None", "ClientIP"),
  sessionAffinitySeconds: nullable(whole(1, 86400)),
  annotations: strings,
  labels: strings,
});

/** A peer of a NetworkPolicy: one that says nothing would be everybody. */
const peer: Schema = {
  ...strict({
    podSelector: labelSelector,
    namespaceSelector: labelSelector,
    ipBlock: { ...strict({ cidr: ipv4Network, except: listOf(ipv4Network) }), required: ["cidr"] },
  }),
  minProperties: 1,
};
const peers = mapOf(peer);
const endpoint = strict({ ports: listOf(whole(1, 65535), { minItems: 1 }), peers });

/** Who reaches which port. */
export const networkPolicy = strict({
  enabled: { type: "boolean" },
  clients: peers,
  metrics: peers,
  portRanges: { type: "boolean" },
  egress: strict({
    enabled: { type: "boolean" },
    dns: endpoint,
    apiServer: endpoint,
    extra: mapOf({ ...strict({ to: listOf(raw), ports: listOf(raw) }), minProperties: 1 }),
  }),
});
