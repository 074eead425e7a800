import type { OwnJob } from "../../ports/kube.ts";
import type { KubeClient } from "./client.ts";

/**
 * @param name of the Job, as Kubernetes labels its pods (batch.kubernetes.io/job-name); "" for a pod that no Job made. Judged by the API server's own clock (the
 * answer's Date), whose host also wrote the start: this pod's host may be minutes off.
 */
export function makeOwnJob(client: KubeClient, name: string): OwnJob {
  return {
    ageMs: async (signal) => {
      if (name === "") return 0;
      try {
        const { namespace } = client;
        const { data, headers } = await client
          .batch(signal)
          .readNamespacedJobWithHttpInfo({ namespace, name });
        const ageMs = Date.parse(headers["date"] ?? "") - (data.status?.startTime?.getTime() ?? Number.NaN);
        return ageMs > 0 ? ageMs : 0;
      } catch {
        // Whatever is wrong with the API, the run will find it out and say it.
        return 0;
      }
    },
  };
}
