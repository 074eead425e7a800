import type { PodTrouble } from "../model/snapshot.ts";

/** A pod of the release that does not run. */
export interface StuckPod {
  readonly name: string;
  readonly role: string;
  readonly namespace: string;
}

/** The value that says how strictly the pods of a role keep apart. */
const apartBy: Readonly<Record<string, string>> = {
  gc: "apart.gtm.type=preferred",
  gcs: "apart.gtm.type=preferred",
  cn: "cn.replicas to as many as have a place, or apart.cn.type=preferred",
  dn: "pairing.type=preferred (then one lost host may take a datanode together with its standby)",
  ds: "pairing.type=preferred (then one lost host may take a datanode together with its standby)",
};

/** Seen on Kubernetes 1.34 under load: a claim that is bound while the scheduler looks at its pod is overlooked, and the pod not looked at again for five minutes. */
const volumeRemedy = ({ name, role, namespace }: StuckPod): string =>
  `kubectl -n ${namespace} describe pvc data-${name} tells why its volume is not there; ${role}.persistence says which volume it asks for; when it is Bound the scheduler has overlooked it: kubectl -n ${namespace} delete pod ${name}`;

/**
 * Pods keep others away by the rule that they were made with, also those whose own rule has been eased. A StatefulSet changes them one by one from the last, and waits
 * for the one that finds no place: the others are never changed until there is none. Deleting them by hand did not help each time it was tried (Kubernetes 1.34).
 */
const fewerFirst = ({ role }: StuckPod): string =>
  role === "cn" || role === "gcs"
    ? `pods that run keep it away by the rule that they were made with, which changes only when none is stuck: helm upgrade with ${role}.replicas lowered to as many as have a place and the eased rule, then with all of them`
    : "pods that run keep it away by the rule that they were made with: add a host that can take it";

/**
 * What the scheduler's message speaks of → what can be done. One message counts several reasons, a number of hosts each
 * (kube-scheduler, "0/4 nodes are available: 1 node(s) …, 2 node(s) …"); the taint of a control plane is nearly always among them and hardly ever the cause.
 */
const causes: readonly (readonly [RegExp, (pod: StuckPod) => string])[] = [
  [
    /volume node affinity conflict/,
    ({ namespace, name }) =>
      `its volume is tied to hosts that can't take it now: bring the host back (kubectl -n ${namespace} get pvc data-${name} names the volume, kubectl describe pv the host)`,
  ],
  [/persistentvolumeclaim|storageclass|persistent volumes? to bind/i, volumeRemedy],
  [/existing pods anti-affinity/, fewerFirst],
  [
    /pod anti-affinity/,
    ({ role }) =>
      `add a host that can take it${apartBy[role] === undefined ? "" : `, or set ${apartBy[role]}`}`,
  ],
  [/topology spread/, ({ role }) => `add a host, or ease ${role}.topologySpreadConstraints`],
  [
    /node affinity|node selector|affinity\/selector/,
    ({ role }) => `label a host as ${role}.nodeSelector and ${role}.affinity ask, or change these values`,
  ],
  [/Insufficient/, ({ role }) => `make room on the hosts, or lower ${role}.resources.requests`],
  [/Too many pods/, () => "add a host, or let the hosts take more pods"],
];
const taints: (typeof causes)[number] = [
  /taint/,
  ({ role }) => `add a host without the taint, or tolerate it in ${role}.tolerations`,
];

function placement(words: string, pod: StuckPod): string | undefined {
  const found = causes.filter(([pattern]) => pattern.test(words));
  const meant = found.length === 0 && taints[0].test(words) ? [taints] : found;
  return meant.length === 0 ? undefined : meant.map(([, remedy]) => remedy(pod)).join("; or ");
}

/** What to type or change for a pod that does not get on by itself. */
export function podRemedy(trouble: PodTrouble | undefined, pod: StuckPod): string {
  const { namespace, name } = pod;
  const describe = `kubectl -n ${namespace} describe pod ${name} tells what it waits for`;
  switch (trouble?.kind) {
    case "unplaced":
      return placement(trouble.words, pod) ?? describe;
    case "image":
      return `correct images.antdb.* (or ${pod.role}.image.*) and images.pullSecrets in the values, or bring the image to the host`;
    case "setup":
      return `make what it lacks, or correct its name in the values; ${describe}`;
    case "crash":
      return `kubectl -n ${namespace} logs ${name} -c ${trouble.container ?? "antdb"} --previous tells why`;
    default:
      return describe;
  }
}
