// kubelet and kube-proxy inside a host. Pure.
import { nodeGraceSeconds, nodeMemoryGiB } from "../../settings.ts";

/** MiB the kubelet must hold back so that a host offers nodeMemoryGiB of a machine with `machineMiB`. */
export const reservedMiB = (machineMiB: number): number => Math.max(0, machineMiB - nodeMemoryGiB * 1024);

/** The kubelet's configuration file. */
export const renderKubelet = (
  host: string,
  dns: string,
  machineMiB: number,
): string => `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: /etc/kubernetes/pki/kubelet-${host}.crt
tlsPrivateKeyFile: /etc/kubernetes/pki/kubelet-${host}.key
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
clusterDomain: cluster.local
clusterDNS: ["${dns}"]
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
systemReserved: {memory: ${reservedMiB(machineMiB)}Mi}
evictionHard: {memory.available: 50Mi, nodefs.available: 1%, nodefs.inodesFree: 1%, imagefs.available: 1%}
# An image collected here could not be pulled again: there is no registry.
imageGCHighThresholdPercent: 100
nodeLeaseDurationSeconds: ${nodeGraceSeconds}
`;

/** The kubelet's flags that have no place in its file. Every host is a zone of its own. */
export const renderKubeletFlags = (host: string): string =>
  host === "cp"
    ? `--node-labels topology.kubernetes.io/zone=${host} --register-with-taints=node-role.kubernetes.io/control-plane=:NoSchedule\n`
    : `--node-labels topology.kubernetes.io/zone=${host}\n`;

/** kube-proxy's configuration file. Zeroes: conntrack limits belong to the machine and cannot be set from a network namespace. */
export const renderKubeProxy = (clusterCidr: string): string => `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: /etc/kubernetes/kube-proxy.kubeconfig}
mode: iptables
clusterCIDR: ${clusterCidr}
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
`;
