import type { V1ContainerStatus, V1Pod, V1PodCondition, V1PodStatus } from "@kubernetes/client-node";
import type { PodFact } from "../../model/snapshot.ts";
import type { Kube } from "../../ports/kube.ts";
import { kubeFailure, statusOf } from "./classify.ts";
import { fieldManager, type KubeClient } from "./client.ts";

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
    ...present("state", state),
    ...present("trouble", troubleOf(status)),
  };
}

const present = <K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> =>
  value === undefined || value === "" ? {} : ({ [key]: value } as Record<K, string>);

const condition = (status: V1PodStatus | undefined, type: string): V1PodCondition | undefined =>
  status?.conditions?.find((candidate) => candidate.type === type);

/** What a person would do about it, for the reasons people meet most; others are passed on as Kubernetes puts them. */
const plainWords: Readonly<Record<string, string>> = {
  ImagePullBackOff: "its image can't be pulled",
  ErrImagePull: "its image can't be pulled",
  ErrImageNeverPull: "its image is not on the host and must not be pulled",
  InvalidImageName: "its image's name is not valid",
  CrashLoopBackOff: "its container ends again and again",
  CreateContainerConfigError: "its container can't be set up",
  CreateContainerError: "its container can't be made",
  RunContainerError: "its container can't be started",
};
/** On the way to running, no trouble. */
const underWay = new Set(["ContainerCreating", "PodInitializing"]);

function troubleOf(status: V1PodStatus | undefined): string | undefined {
  const scheduled = condition(status, "PodScheduled");
  if (scheduled?.status === "False") return `not placed on any host: ${because(scheduled)}`;
  if (status?.phase === "Failed") return `failed: ${because(status)}`;
  const containers = [...(status?.initContainerStatuses ?? []), engineOf(status) ?? []].flat();
  return containers.flatMap((container) => containerTrouble(container) ?? [])[0];
}

/** The database's container; others beside it, exporters or a user's own, neither hold it up nor speak for it. */
const engineContainer = "antdb";

const engineOf = (status: V1PodStatus | undefined): V1ContainerStatus | undefined =>
  status?.containerStatuses?.find(({ name }) => name === engineContainer);

/**
 * Whether the engine's container is ready. Its own flag only counts where the pod's condition says that a container is to blame: of a host that is gone
 * nobody corrects the flag, the condition alone.
 */
function isReady(status: V1PodStatus | undefined): boolean {
  const pod = condition(status, "Ready");
  return pod?.status === "True" || (pod?.reason === "ContainersNotReady" && engineOf(status)?.ready === true);
}

const because = ({ message, reason }: { message?: string; reason?: string }): string =>
  message ?? reason ?? "no reason given";

function containerTrouble({ name, state, lastState }: V1ContainerStatus): string | undefined {
  const reason = state?.waiting?.reason;
  if (reason === undefined || underWay.has(reason)) return undefined;
  const words = [plainWords[reason] ?? reason, state?.waiting?.message, lastWords(lastState?.terminated)];
  return `container ${name}: ${words.filter((text) => text !== undefined && text !== "").join(": ")}`;
}

const lastWords = (ended: { exitCode: number; message?: string } | undefined): string | undefined =>
  ended === undefined
    ? undefined
    : `last exit code ${ended.exitCode}${ended.message === undefined ? "" : ` (${ended.message.trim()})`}`;
