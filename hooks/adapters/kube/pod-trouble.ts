import type { V1ContainerStatus, V1PodCondition, V1PodStatus } from "@kubernetes/client-node";
import type { PodTrouble } from "../../model/snapshot.ts";

const conditionOf = (status: V1PodStatus | undefined, type: string): V1PodCondition | undefined =>
  status?.conditions?.find((candidate) => candidate.type === type);

const image = (words: string): Known => ({ kind: "image", words });
const setup = (words: string): Known => ({ kind: "setup", words });
type Known = Pick<PodTrouble, "kind" | "words">;

/** The reasons people meet most, as they would put them; others are passed on as Kubernetes puts them. */
const known: Readonly<Record<string, Known>> = {
  ImagePullBackOff: image("its image can't be pulled"),
  ErrImagePull: image("its image can't be pulled"),
  ErrImageNeverPull: image("its image is not on the host and must not be pulled"),
  InvalidImageName: image("its image's name is not valid"),
  CreateContainerConfigError: setup("its container can't be set up"),
  CreateContainerError: setup("its container can't be made"),
  RunContainerError: setup("its container can't be started"),
  CrashLoopBackOff: { kind: "crash", words: "its container ends again and again" },
};
/** On the way to running, no trouble. */
const underWay = new Set(["ContainerCreating", "PodInitializing"]);

/** Why a pod is not placed, not started or not kept running; undefined while all goes on as it should. */
export function troubleOf(status: V1PodStatus | undefined): PodTrouble | undefined {
  const scheduled = conditionOf(status, "PodScheduled");
  if (scheduled?.status === "False")
    return { kind: "unplaced", words: `not placed on any host: ${withoutPreemption(because(scheduled))}` };
  if (status?.phase === "Failed") return { kind: "failed", words: `failed: ${because(status)}` };
  const containers = [...(status?.initContainerStatuses ?? []), engineOf(status) ?? []].flat();
  return containers.flatMap((container) => containerTrouble(container) ?? [])[0];
}

/** The database's container; others beside it, exporters or a user's own, neither hold it up nor speak for it. */
const engineContainer = "antdb";

const engineOf = (status: V1PodStatus | undefined): V1ContainerStatus | undefined =>
  status?.containerStatuses?.find(({ name }) => name === engineContainer);

/** What keeps a container beside the engine from running: the node works all the same, but Kubernetes takes its pod out of every Service. */
export const besideTroubleOf = (status: V1PodStatus | undefined): PodTrouble | undefined =>
  status?.containerStatuses
    ?.filter(({ name }) => name !== engineContainer)
    .flatMap((container) => containerTrouble(container) ?? [])[0];

/**
 * Whether the engine's container is ready. Its own flag only counts where the pod's condition says that a container is to blame: of a host that is gone
 * nobody corrects the flag, the condition alone.
 */
export function isReady(status: V1PodStatus | undefined): boolean {
  const pod = conditionOf(status, "Ready");
  return pod?.status === "True" || (pod?.reason === "ContainersNotReady" && engineOf(status)?.ready === true);
}

/** The scheduler goes on with why no other pod could be thrown out for this one: twice the length, and nothing to act on. */
const withoutPreemption = (words: string): string =>
  words.replace(/(\.? no new claims to deallocate,)?\.? preemption: .*$/s, "").replace(/\.$/, "");

const because = ({ message, reason }: { message?: string; reason?: string }): string =>
  message ?? reason ?? "no reason given";

function containerTrouble({ name, state, lastState }: V1ContainerStatus): PodTrouble | undefined {
  const reason = state?.waiting?.reason;
  if (reason === undefined || underWay.has(reason)) return undefined;
  const { kind, words } = known[reason] ?? { kind: "other", words: reason };
  const said = [words, state?.waiting?.message, lastWords(lastState?.terminated)];
  const text = said.filter((part) => part !== undefined && part !== "").join(": ");
  return { kind, words: `container ${name}: ${text}`, container: name };
}

const lastWords = (ended: { exitCode: number; message?: string } | undefined): string | undefined =>
  ended === undefined
    ? undefined
    : `last exit code ${ended.exitCode}${ended.message === undefined ? "" : ` (${ended.message.trim()})`}`;
