import type { Leftovers } from "../../ports/kube.ts";
import { kubeFailure, statusOf } from "./classify.ts";
import type { KubeClient } from "./client.ts";

/** Deletes by name only: the teardown's Role allows these names and no others. */
export function makeLeftovers(
  client: KubeClient,
  names: { readonly lease: string; readonly jobs: readonly string[]; readonly testPod: string },
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
    deleteLease: (signal) => {
      const request = { namespace, name: names.lease };
      return remove("leases", names.lease, client.coordination(signal).deleteNamespacedLease(request));
    },
  };
}
