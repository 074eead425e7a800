import type { PodFact } from "../model/snapshot.ts";
import type { DesiredNode, NodeName, Topology } from "../model/topology.ts";
import type { Culprit, Knock } from "../model/trial.ts";

export interface Evidence {
  readonly pods: ReadonlyMap<string, PodFact>;
  /** Empty when nobody had a reason to knock. */
  readonly knocks: ReadonlyMap<NodeName, Knock>;
  /** What a coordinator said when it failed: the engine names the address it can't reach. */
  readonly said?: string;
}

/** Every node that is not as the values ask, with the reason; in the topology's order, the manager last since clients need it least. */
export function findCulprits(topology: Topology, evidence: Evidence): readonly Culprit[] {
  const nodes = topology.nodes.flatMap((node) => {
    const reason =
      podTrouble(evidence.pods, node.pod) ?? postgresTrouble(evidence, node) ?? hearsay(evidence, node);
    return reason === undefined ? [] : [{ node: node.name, pod: node.pod, reason }];
  });
  const manager = podTrouble(evidence.pods, topology.managerPod);
  return manager === undefined
    ? nodes
    : [...nodes, { node: "manager", pod: topology.managerPod, reason: manager }];
}

function podTrouble(pods: ReadonlyMap<string, PodFact>, name: string): string | undefined {
  const pod = pods.get(name);
  if (pod === undefined) return `pod ${name} does not exist`;
  if (pod.terminating) return `pod ${name} is ending`;
  if (pod.trouble !== undefined) return `pod ${name}: ${pod.trouble.words}`;
  if (pod.ip === undefined) return `pod ${name} has no address yet`;
  return pod.ready ? undefined : `pod ${name} is not ready`;
}

function postgresTrouble({ knocks }: Evidence, { name, pod, port }: DesiredNode): string | undefined {
  switch (knocks.get(name)) {
    case "refused":
      return `pod ${pod} runs, but nothing listens on its port ${port}`;
    case "starting":
      return `postgres in pod ${pod} is starting or stopping`;
    case "silent":
      // Where a network policy keeps this program from every such port, silence says nothing of this one.
      return somebodyAnswers(knocks, name) ? `pod ${pod} does not answer on port ${port}` : undefined;
    case "answers":
    case undefined:
      return undefined;
  }
}

function hearsay({ pods, said }: Evidence, { pod }: DesiredNode): string | undefined {
  const address = pods.get(pod)?.ip;
  if (address === undefined || said === undefined) return undefined;
  const named = said.split(/[^0-9a-f.:]+/).some((word) => word.replace(/[.:]+$/, "") === address);
  return named ? `a coordinator can't work with pod ${pod} at ${address}` : undefined;
}

/** Coordinators are open to clients; whether other nodes' ports can be reached from here, only another of them tells. */
function somebodyAnswers(knocks: ReadonlyMap<NodeName, Knock>, silent: NodeName): boolean {
  const coordinator = (name: NodeName): boolean => name.startsWith("cn_");
  return [...knocks].some(
    ([name, knock]) => name !== silent && coordinator(name) === coordinator(silent) && knock !== "silent",
  );
}
