import { V1ObjectMeta, V1Secret } from "@kubernetes/client-node";
import type { SecretStore } from "../../ports/kube.ts";
import { kubeFailure, statusOf } from "./classify.ts";
import type { KubeClient } from "./client.ts";

/** @param labels put on a Secret that is made here, so that people see whose it is */
export function makeSecretStore(client: KubeClient, labels: Readonly<Record<string, string>>): SecretStore {
  const { namespace } = client;
  return {
    createIfAbsent: async (name, data, signal) => {
      const metadata = Object.assign(new V1ObjectMeta(), { name, labels: { ...labels } });
      const body = Object.assign(new V1Secret(), { metadata, type: "Opaque", stringData: { ...data } });
      try {
        await client.core(signal).createNamespacedSecret({ namespace, body });
        return true;
      } catch (error) {
        if (statusOf(error) === 409) return false;
        throw kubeFailure(error, { verb: "create", resource: "secrets", object: `Secret ${name}` });
      }
    },
    deleteSecret: async (name, signal) => {
      try {
        await client.core(signal).deleteNamespacedSecret({ namespace, name });
      } catch (error) {
        if (statusOf(error) === 404) return;
        throw kubeFailure(error, { verb: "delete", resource: "secrets", object: `Secret ${name}` });
      }
    },
  };
}
