import type { V1Pod } from "@kubernetes/client-node";
import type { PodFact } from "../../model/snapshot.ts";
import type { Kube } from "../../ports/kube.ts";
import { kubeFailure, statusOf } from "./classify.ts";
import { fieldManager, type KubeClient } from "./client.ts";
import { besideTroubleOf, isReady, troubleOf } from "./pod-trouble.ts";

const roleLabel = "antdb.io/role";
const stateLabel = "antdb.io/state";

/** Of every pod of the release: app.kubernetes.io/name and app.kubernetes.io/instance. */
export interface ReleaseLabels {
  readonly name: string;
  readonly instance: string;
}

/** The release's database pods; Jobs and the watcher carry no role. */
export const podSelector = ({ name, instance }: ReleaseLabels): string =>
  `app.kubernetes.io/name=${name},app.kubernetes.io/instance=${instance},${roleLabel}`;

export function makeKube(client: KubeClient, labels: ReleaseLabels): Kube {
  const labelSelector = podSelector(labels);
  return {
    labelPod: ({ name, uid }, state, signal) => labelPod(client, { name, uid, state }, signal),
    listPods: async (signal) => {
      try {
        const list = await client
          .core(signal)
          .listNamespacedPod({ namespace: client.namespace, labelSelector });
        return list.items.flatMap((pod) => podFact(pod) ?? []);
      } catch (error) {
        throw kubeFailure(error, { verb: "list", resource: "pods", object: `pods of ${labels.instance}` });
      }
    },
  };
}

/** The uid makes the API server refuse the patch when the name is another pod's by now; null takes the label off. */
async function labelPod(
  client: KubeClient,
  { name, uid, state }: { readonly name: string; readonly uid: string; readonly state: string | undefined },
  signal: AbortSignal,
): Promise<void> {
  const body = { metadata: { uid, labels: { [stateLabel]: state ?? null } } };
  try {
    await client.core(signal).patchNamespacedPod({ namespace: client.namespace, name, body, fieldManager });
  } catch (error) {
    if (state === undefined && statusOf(error) === 404) return;
    throw kubeFailure(error, { verb: "patch", resource: "pods", object: `pod ${name}` });
  }
}

function podFact({ metadata, spec, status }: V1Pod): PodFact | undefined {
  const { [roleLabel]: role, [stateLabel]: state } = metadata?.labels ?? {};
  const name = metadata?.name;
  if (role === undefined || name === undefined) return undefined;
  return {
    name,
    role,
    uid: metadata?.uid ?? "",
    ...present("ip", status?.podIP),
    ...present("hostName", spec?.nodeName),
    ready: isReady(status),
    terminating: metadata?.deletionTimestamp !== undefined,
    ...present("ageMs", ageMs(metadata?.creationTimestamp)),
    ...present("state", state),
    ...present("trouble", troubleOf(status)),
    ...present("beside", besideTroubleOf(status)),
  };
}

const ageMs = (created: Date | undefined): number | undefined =>
  created === undefined ? undefined : Math.max(0, Date.now() - created.getTime());

const present = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined || value === "" ? {} : ({ [key]: value } as Record<K, V>);
