import type { LeftAlone } from "../model/action.ts";
import type { PodFact, PodTrouble } from "../model/snapshot.ts";
import type { Concern } from "./concern.ts";

/** The values that make an exporter's container. */
const valuesOf: Readonly<Record<string, string>> = {
  "node-exporter": "exporters.node",
  "postgres-exporter": "exporters.postgres",
};

function remedy(container: string, pod: string): string {
  const values = valuesOf[container];
  return values === undefined
    ? `kubectl describe pod ${pod} says more`
    : `correct ${values}.image and its flags, or switch it off with ${values}.enabled=false`;
}

const entry = (container: string, pods: readonly (PodFact & { beside: PodTrouble })[]): LeftAlone => {
  const names = pods.map(({ name }) => name);
  const words = pods[0]?.beside.words.replace(`container ${container}: `, "") ?? "";
  return {
    object: `container ${container}`,
    reason: `on ${names.join(", ")}: ${words}. The database works, but Kubernetes leads no client to a pod with a container that does not run`,
    remedy: remedy(container, names[0] ?? ""),
    blocks: false,
  };
};

/** Containers beside the engine that don't run. Nothing here can help them, and the database does not wait for them: it is only said. */
export const planBeside: Concern = ({ snapshot }) => {
  const troubled = [...snapshot.pods.values()].flatMap((pod) =>
    pod.beside === undefined || pod.terminating ? [] : [{ ...pod, beside: pod.beside }],
  );
  const byContainer = Map.groupBy(troubled, ({ beside }) => beside.container ?? "beside the engine");
  return { steps: [], leftAlone: [...byContainer].map(([container, pods]) => entry(container, pods)) };
};
