import type { Step } from "../model/action.ts";
import type { PodFact, Snapshot } from "../model/snapshot.ts";
import type { Topology } from "../model/topology.ts";
import { podRemedy } from "./pod-remedy.ts";

/**
 * Pods that are not there yet, or whose agent does not answer: named with Kubernetes' own reason and waited for. Those that can't get on by themselves come
 * first: they, and not the pods that are merely slow, are what a run that gets nowhere has to name.
 */
export function planPods(topology: Topology, snapshot: Snapshot): readonly Step[] {
  const wanted = [
    { name: topology.managerPod, role: "mgr" },
    ...topology.nodes.map(({ pod, role }) => ({ name: pod, role })),
  ];
  const waits = wanted.flatMap(({ name, role }) => {
    const pod = snapshot.pods.get(name);
    if (pod?.ready === true && !pod.terminating && pod.ip !== undefined) return [];
    const stuck = pod?.terminating === false && pod.trouble !== undefined;
    return [{ stuck, step: waitFor(topology, { name, role }, pod) }];
  });
  return [...waits.filter(({ stuck }) => stuck), ...waits.filter(({ stuck }) => !stuck)].map(
    ({ step }) => step,
  );
}

function waitFor(
  topology: Topology,
  { name, role }: { readonly name: string; readonly role: string },
  pod: PodFact | undefined,
): Step {
  const who = role === "mgr" ? "the manager" : "its agent";
  const { namespace } = topology.release;
  const step = {
    action: { kind: "wait", target: `pod ${name}`, for: `${who} to answer` },
    disturbance: "none",
  } as const;
  if (pod === undefined) return { ...step, reason: "the pod does not exist yet" };
  if (pod.terminating) return { ...step, reason: "the pod is ending" };
  return {
    ...step,
    reason: pod.trouble?.words ?? `the pod is starting, ${who} does not answer yet`,
    remedy: podRemedy(pod.trouble, { name, role, namespace }),
  };
}
