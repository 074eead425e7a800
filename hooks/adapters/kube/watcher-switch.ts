import type { WatcherSwitch } from "../../ports/kube.ts";
import { kubeFailure, statusOf } from "./classify.ts";
import { fieldManager, type KubeClient } from "./client.ts";
import type { ReleaseLabels } from "./pods.ts";

/** @param deployment its name: the teardown's Role allows this one and no other */
export function makeWatcherSwitch(
  client: KubeClient,
  deployment: string,
  { name, instance }: ReleaseLabels,
): WatcherSwitch {
  const { namespace } = client;
  const labelSelector =
    `app.kubernetes.io/name=${name},app.kubernetes.io/instance=${instance},` +
    "app.kubernetes.io/component=watcher";
  return {
    turnOff: async (signal) => {
      try {
        const body = { spec: { replicas: 0 } };
        await client
          .apps(signal)
          .patchNamespacedDeploymentScale({ namespace, name: deployment, body, fieldManager });
      } catch (error) {
        if (statusOf(error) === 404) return;
        const object = `Deployment ${deployment}`;
        throw kubeFailure(error, { verb: "patch", resource: "deployments/scale", object });
      }
    },
    isUp: async (signal) => {
      try {
        const { items } = await client.core(signal).listNamespacedPod({ namespace, labelSelector });
        return items.some(({ status }) => status?.phase === "Running" || status?.phase === "Pending");
      } catch (error) {
        throw kubeFailure(error, { verb: "list", resource: "pods", object: `pods of ${deployment}` });
      }
    },
  };
}
