import type { PodSets } from "../../ports/kube.ts";
import { kubeFailure } from "./classify.ts";
import type { KubeClient } from "./client.ts";
import type { ReleaseLabels } from "./pods.ts";

/** The release's StatefulSets as they are: all of them are its database's. */
export function makePodSets(client: KubeClient, { name, instance }: ReleaseLabels): PodSets {
  const { namespace } = client;
  const labelSelector = `app.kubernetes.io/name=${name},app.kubernetes.io/instance=${instance}`;
  return {
    list: async (signal) => {
      try {
        const { items } = await client.apps(signal).listNamespacedStatefulSet({ namespace, labelSelector });
        return items.map(({ metadata, spec }) => ({
          name: metadata?.name ?? "",
          replicas: spec?.replicas ?? 1,
        }));
      } catch (error) {
        const object = `StatefulSets of ${instance}`;
        throw kubeFailure(error, { verb: "list", resource: "statefulsets", object });
      }
    },
  };
}
