// Every name, path and address of a native cluster follows from its name and its /16. Pure.
import { join } from "node:path";
import { hostIndex } from "../names.ts";
import { stateFolder } from "../record.ts";

/** Where things of one native cluster are. All names are unique to the cluster's name or subnet. */
export interface Layout {
  readonly name: string;
  /** First two numbers of the cluster's /16, as "10.89". */
  readonly subnet: string;
  /** Kept over a restart of the machine: disks of the hosts, certificates. */
  readonly state: string;
  readonly pki: string;
  /** Not kept: recorded processes. */
  readonly runtime: string;
  /** Cgroup and network namespace prefix. */
  readonly prefix: string;
  /** Network namespace that holds the bridge all hosts are plugged into. */
  readonly switch: string;
  /** The machine's own end of the cable to the switch: at most 15 characters. */
  readonly link: string;
  readonly kubeconfig: string;
}

export const runtimeRoot = "/run/antdb-cluster";

export const layoutOf = (name: string, subnet: string): Layout => {
  const state = stateFolder(name, "native");
  const prefix = `antdb-cluster-${name}`;
  return {
    name,
    subnet,
    state,
    pki: join(state, "pki"),
    runtime: join(runtimeRoot, name),
    prefix,
    switch: `${prefix}-switch`,
    link: `antdb-${subnet.replace(".", "-")}`,
    kubeconfig: join(state, "kubeconfig"),
  };
};

/** The machine's shell, as the hosts see it. */
export const shellAddress = (layout: Layout): string => `${layout.subnet}.0.1`;

/** cp is .10, w1 .11 and so on. */
export const hostAddress = (layout: Layout, host: string): string =>
  `${layout.subnet}.0.${10 + hostIndex(host)}`;

/** The /24 a host's pods get: cp x.y.16.0/24, w1 x.y.17.0/24 … */
export const podCidr = (layout: Layout, host: string): string =>
  `${layout.subnet}.${16 + hostIndex(host)}.0/24`;

/** All pods of the cluster. */
export const clusterCidr = (layout: Layout): string => `${layout.subnet}.16.0/20`;

/** ClusterIPs. */
export const serviceCidr = (layout: Layout): string => `${layout.subnet}.240.0/20`;

/** The ClusterIP of the API server. */
export const apiServiceAddress = (layout: Layout): string => `${layout.subnet}.240.1`;

/** The ClusterIP of DNS. */
export const dnsAddress = (layout: Layout): string => `${layout.subnet}.240.10`;

/** Where the API server listens, for hosts, pods and the machine's shell alike. */
export const apiServer = (layout: Layout): string => `https://${hostAddress(layout, "cp")}:6443`;

export const diskOf = (layout: Layout, host: string): string => join(layout.state, "hosts", host);

export const namespaceOf = (layout: Layout, host: string): string => `${layout.prefix}-${host}`;

/** True for the name of a network namespace of this cluster, and of no other whose name begins alike. */
export const isOwnNamespace = (layout: Layout, namespace: string): boolean =>
  namespace.startsWith(`${layout.prefix}-`) &&
  /^(switch|cp|w[1-9])$/.test(namespace.slice(layout.prefix.length + 1));
