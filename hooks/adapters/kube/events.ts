import { CoreV1Event, V1EventSource, V1ObjectMeta, V1ObjectReference } from "@kubernetes/client-node";
import type { Events } from "../../ports/kube.ts";
import { kubeFailure } from "./classify.ts";
import type { KubeClient } from "./client.ts";

const component = "antdb-watcher";

/** @param reporter the pod that writes them */
export function makeEvents(
  client: KubeClient,
  { reporter, wallClock }: { readonly reporter: string; readonly wallClock: () => Date },
): Events {
  const { namespace } = client;
  return {
    write: async ({ type, reason, message, pod }, signal) => {
      const now = wallClock();
      const { name } = pod;
      // With the uid `kubectl describe pod` shows it; without one it is only among the namespace's events.
      const about = { apiVersion: "v1", kind: "Pod", namespace, ...pod };
      const body = Object.assign(new CoreV1Event(), {
        metadata: Object.assign(new V1ObjectMeta(), { generateName: `${name}.`, namespace }),
        involvedObject: Object.assign(new V1ObjectReference(), about),
        source: Object.assign(new V1EventSource(), { component }),
        reportingComponent: component,
        reportingInstance: reporter,
        ...{ type, reason, message, count: 1, firstTimestamp: now, lastTimestamp: now },
      });
      try {
        await client.core(signal).createNamespacedEvent({ namespace, body });
      } catch (error) {
        throw kubeFailure(error, { verb: "create", resource: "events", object: `Event on pod ${name}` });
      }
    },
  };
}
