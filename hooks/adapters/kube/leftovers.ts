import type { Leftovers } from "../../ports/kube.ts";
import { kubeFailure, statusOf } from "./classify.ts";
import type { KubeClient } from "./client.ts";

/** Deletes by name only: the teardown's Role allows these names and no others. */
export function makeLeftovers(
  client: KubeClient,
  names: { readonly leases: readonly string[]; readonly jobs: readonly string[]; readonly testPod: string },
): Leftovers {
  const { namespace } = client;
  const remove = async (resource: string, name: string, deletion: Promise<unknown>): Promise<void> => {
    try {
      await deletion;
    } catch (error) {
      if (statusOf(error) === 404) return;
      throw kubeFailure(error, { verb: "delete", resource, object: `${resource} ${name}` });
    }
  };
  return {
    endJobs: async (signal) => {
      const deletions = names.jobs.map((name) => {
        // Background: without it a Job's pods stay behind for ever.
        const request = { namespace, name, propagationPolicy: "Background" };
        return remove("jobs", name, client.batch(signal).deleteNamespacedJob(request));
      });
      const pod = { namespace, name: names.testPod };
      deletions.push(remove("pods", pod.name, client.core(signal).deleteNamespacedPod(pod)));
      for (const result of await Promise.allSettled(deletions))
        if (result.status === "rejected") throw result.reason;
    },
    deleteLeases: async (signal) => {
      for (const name of names.leases) {
        const deletion = client.coordination(signal).deleteNamespacedLease({ namespace, name });
        await remove("leases", name, deletion);
      }
    },
  };
}
