import { V1ObjectMeta, V1Secret } from "@kubernetes/client-node";
import type { SecretStore } from "../../ports/kube.ts";
import { kubeFailure, statusOf } from "./classify.ts";
import type { KubeClient } from "./client.ts";

async function read(client: KubeClient, name: string, signal: AbortSignal): Promise<V1Secret | undefined> {
  try {
    return await client.core(signal).readNamespacedSecret({ namespace: client.namespace, name });
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw kubeFailure(error, { verb: "get", resource: "secrets", object: `Secret ${name}` });
  }
}

const filled = ({ data }: V1Secret): readonly string[] =>
  Object.entries(data ?? {}).flatMap(([key, value]) => (value === "" ? [] : [key]));

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
    readKeys: async (name, signal) => {
      const found = await read(client, name, signal);
      return found && filled(found);
    },
    addKey: async (name, key, value, signal) => {
      const found = await read(client, name, signal);
      if (found !== undefined && filled(found).includes(key)) return;
      // The version makes the API server refuse the patch when somebody else wrote in between: theirs may be the same entry.
      const resourceVersion = found?.metadata?.resourceVersion ?? "";
      const body = { metadata: { resourceVersion }, stringData: { [key]: value } };
      try {
        await client.core(signal).patchNamespacedSecret({ namespace, name, body });
      } catch (error) {
        throw kubeFailure(error, { verb: "patch", resource: "secrets", object: `Secret ${name}` });
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
