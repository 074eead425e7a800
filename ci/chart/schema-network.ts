import {
  ipv4OrEmpty,
  ipv4Address,
  ipv4Network,
  listOf,
  nullable,
  oneOf,
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
