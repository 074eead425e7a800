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

const faultsOf = (container: Container, pod: PodSpec): string[] =>
  checks
    .filter(([, broken]) => broken(container.securityContext ?? {}, pod.securityContext ?? {}))
    .map(([fault]) => `container ${container.name} ${fault}`);

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
  return [...host, ...volumes, ...containers];
};
