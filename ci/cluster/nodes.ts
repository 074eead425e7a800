// What Kubernetes says about its nodes.
import { ClusterFailure } from "./failure.ts";
import { run } from "./run.ts";

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly unschedulable?: boolean };
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

/** "Ready", "NotReady" or "Ready, cordoned" for each node of a `kubectl get nodes -o json`. */
export const nodeStates = (json: string): Map<string, string> =>
  new Map(
    (JSON.parse(json) as NodeList).items.map(({ metadata, spec, status }) => {
      const isReady =
        status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") === true;
      return [
        metadata.name,
        `${isReady ? "Ready" : "NotReady"}${spec.unschedulable === true ? ", cordoned" : ""}`,
      ];
    }),
  );

/** The state of every node; empty when the API server does not answer within 5 s. */
export const readNodes = async (kubectl: string, kubeconfig: string): Promise<Map<string, string>> => {
  try {
    return nodeStates(
      await run(kubectl, ["--kubeconfig", kubeconfig, "--request-timeout=5s", "get", "nodes", "-o", "json"]),
    );
  } catch (error) {
    if (error instanceof ClusterFailure) return new Map();
    throw error;
  }
};
