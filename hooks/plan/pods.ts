import type { Step } from "../model/action.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Topology } from "../model/topology.ts";

/** Pods that are not there yet, or whose agent does not answer: named with Kubernetes' own reason and waited for. */
export function planPods(topology: Topology, snapshot: Snapshot): readonly Step[] {
  const wanted = [topology.managerPod, ...topology.nodes.map((node) => node.pod)];
  return wanted.flatMap((name): Step[] => {
    const pod = snapshot.pods.get(name);
    const manager = name === topology.managerPod;
    if (pod?.ready === true && !pod.terminating && pod.ip !== undefined) return [];
    const awaited = manager ? "the manager to answer" : "its agent to answer";
    const reason =
      pod === undefined
        ? "the pod does not exist yet"
        : pod.terminating
          ? "the pod is ending"
          : (pod.trouble ?? `the pod is starting, ${awaited.replace("to answer", "does not answer yet")}`);
    return [{ action: { kind: "wait", target: `pod ${name}`, for: awaited }, reason, disturbance: "none" }];
  });
}
