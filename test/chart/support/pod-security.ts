/** The "restricted" Pod Security Standard, as far as a rendered pod can break it. */
import type { Container, PodSpec, SecurityContext } from "./manifest.ts";

const allowedVolumes = [
  ...[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
  ],
];

type Check = readonly [fault: string, broken: (security: SecurityContext, pod: SecurityContext) => boolean];
const checks: readonly Check[] = [
  ["runAsNonRoot is not true", (own, pod) => (own.runAsNonRoot ?? pod.runAsNonRoot) !== true],
  ["runs as root", (own, pod) => (own.runAsUser ?? pod.runAsUser) === 0],
  ["is privileged", (own) => own.privileged === true],
  ["may escalate privileges", (own) => own.allowPrivilegeEscalation !== false],
  ["does not drop all capabilities", (own) => own.capabilities?.drop?.includes("ALL") !== true],
  ["adds capabilities", (own) => own.capabilities?.add?.some((one) => one !== "NET_BIND_SERVICE") === true],
  [
    "has no seccomp profile",
    (own, pod) =>
      !["RuntimeDefault", "Localhost"].includes((own.seccompProfile ?? pod.seccompProfile)?.type ?? ""),
  ],
];

/** What the baseline standard forbids beyond the above: fields that no chart of this kind has a reason for. */
const allowedSysctls = [
  ...["kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start"],
  ...["net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports"],
  ...["net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl"],
  ...["net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"],
];
const baselineFaults = (who: string, security: SecurityContext): string[] => {
  const { procMount, seLinuxOptions, appArmorProfile, windowsOptions, sysctls } = security;
  const { type, user, role } = seLinuxOptions ?? {};
  const types = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
  const broken: readonly (readonly [boolean, string])[] = [
    [(procMount ?? "Default") !== "Default", "has a procMount of its own"],
    [!types.includes(type ?? "") || (user ?? "") !== "" || (role ?? "") !== "", "chooses SELinux options"],
    [appArmorProfile?.type === "Unconfined", "is not confined by AppArmor"],
    [windowsOptions?.hostProcess === true, "is a host process"],
    [(sysctls ?? []).some((one) => !allowedSysctls.includes(one.name)), "sets an unsafe sysctl"],
  ];
  return broken.filter(([is]) => is).map(([, fault]) => `${who} ${fault}`);
};

const faultsOf = (container: Container, pod: PodSpec): string[] => {
  const who = `container ${container.name}`;
  const hostPorts = (container.ports ?? []).filter((one) => (one.hostPort ?? 0) !== 0);
  return [
    ...checks
      .filter(([, broken]) => broken(container.securityContext ?? {}, pod.securityContext ?? {}))
      .map(([fault]) => `${who} ${fault}`),
    ...hostPorts.map((one) => `${who} takes the host's port ${one.hostPort ?? 0}`),
    ...baselineFaults(who, container.securityContext ?? {}),
  ];
};

/** What the standard would refuse in this pod; empty when it is restricted. */
export const podSecurityFaults = (pod: PodSpec): string[] => {
  const host = (["hostNetwork", "hostPID", "hostIPC"] as const)
    .filter((key) => pod[key] === true)
    .map((key) => `${key} is used`);
  const volumes = (pod.volumes ?? []).flatMap((volume) =>
    Object.keys(volume)
      .filter((key) => key !== "name" && !allowedVolumes.includes(key))
      .map((key) => `volume ${volume.name} is a ${key}`),
  );
  const containers = [...pod.containers, ...(pod.initContainers ?? [])].flatMap((one) => faultsOf(one, pod));
  return [...host, ...volumes, ...baselineFaults("the pod", pod.securityContext ?? {}), ...containers];
};
