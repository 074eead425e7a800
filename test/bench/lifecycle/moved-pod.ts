// A pod is deleted and comes back with another address: how long after its agent answers do rows come through, and who else was restarted?
import type { Kube } from "../../../ci/demo/kube.ts";
import { until } from "../../support/until.ts";
import type { Probe } from "./probe.ts";
import { atManager, type PodSeen, release, seePods, settled, startsOf, switchWatcher } from "./stage.ts";

export interface Healing {
  /** From the agent's first answer in the new pod to the first acknowledged write. */
  readonly seconds: number;
  /** From the deletion to that write: what clients see. */
  readonly outageSeconds: number;
  /** Pods other than the moved one whose postgres is another one now. */
  readonly restarted: readonly string[];
}

export type By = "program" | "hand";

const service = `${release}-rw`;

const kindOf: Readonly<Record<string, string>> = {
  cn: "COORDINATOR MASTER",
  dn: "DATANODE MASTER",
  ds: "DATANODE SLAVE",
};

/** The engine's own way, which needs the person to know the node and its new address. */
async function healByHand(kube: Kube, pod: string, address: string): Promise<void> {
  const [, role = "", ordinal = ""] = /-([a-z]+)-(\d+)$/.exec(pod) ?? [];
  const node = `${role}_${ordinal}`;
  await atManager(kube, [
    `ALTER HOST ${node} (address='${address}')`,
    `START ${kindOf[role] ?? ""} ${node}`,
    "FLUSH HOST",
  ]);
}

async function successor(
  kube: Kube,
  pod: string,
  uid: string | undefined,
): Promise<PodSeen & { ip: string }> {
  return until(`${pod} has a new address`, async () => {
    const now = (await seePods(kube)).get(pod);
    return now?.ip === undefined || now.uid === uid ? undefined : { ...now, ip: now.ip };
  });
}

/** A coordinator is asked itself: through the Service another one would answer. */
const writeTo = (pod: string, address: string): string => (pod.includes("-cn-") ? address : service);

/** Deletes the pod and measures; everything is well again when it returns. */
export async function movePod(kube: Kube, probe: Probe, pod: string, by: By): Promise<Healing> {
  await settled(kube);
  if (by === "hand") await switchWatcher(kube, false);
  const before = await startsOf(kube);
  const uid = (await seePods(kube)).get(pod)?.uid;
  const deletedMs = Date.now();
  await kube.kubectl(["delete", "pod", pod, "--wait=false"]);
  const { ip } = await successor(kube, pod, uid);
  const answered = probe.agentAnswers(ip);
  const written = probe.writeComesThrough(writeTo(pod, ip));
  const answeredMs = await answered;
  if (by === "hand") await healByHand(kube, pod, ip);
  const writtenMs = await written;
  if (by === "program") await settled(kube);
  const after = await startsOf(kube);
  if (by === "hand") await switchWatcher(kube, true);
  const restarted = [...before.keys()].filter((name) => name !== pod && before.get(name) !== after.get(name));
  return {
    seconds: (writtenMs - answeredMs) / 1000,
    outageSeconds: (writtenMs - deletedMs) / 1000,
    restarted,
  };
}

/** Every pod at once, the manager's too. @returns seconds from the deletion to the first acknowledged write */
export async function moveAll(kube: Kube, probe: Probe): Promise<number> {
  await settled(kube);
  const before = await seePods(kube);
  const deletedMs = Date.now();
  await kube.kubectl(["delete", "pod", ...before.keys(), "--wait=false"]);
  // A write through the old pods would be no proof.
  await Promise.all([...before.values()].map(({ name, uid }) => successor(kube, name, uid)));
  const writtenMs = await probe.writeComesThrough(service);
  await settled(kube);
  return (writtenMs - deletedMs) / 1000;
}
