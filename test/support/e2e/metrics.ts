// What the exporters tell, asked through the API server: no port of a pod has to be reachable from here.
import type { Kube } from "../../../ci/demo/kube.ts";

const ports = { node: 9100, postgres: 9187, watcher: 9090 } as const;

/** The text of /metrics. */
export const metricsOf = (kube: Kube, pod: string, of: keyof typeof ports): Promise<string> =>
  kube.kubectl([
    "get",
    "--raw",
    `/api/v1/namespaces/${kube.namespace}/pods/${pod}:${ports[of]}/proxy/metrics`,
  ]);

/** Lines of which each pod must have one of each. */
const expected: Readonly<Record<"node" | "postgres", readonly RegExp[]>> = {
  node: [
    /^node_load1 \d/m,
    /^node_memory_MemAvailable_bytes \d/m,
    /^node_cpu_seconds_total\{/m,
    /^node_filesystem_avail_bytes\{[^}]*mountpoint="\/var\/lib\/antdb"[^}]*\} \d/m,
    /^node_network_receive_bytes_total\{/m,
  ],
  postgres: [/^pg_up 1$/m, /^pg_exporter_last_scrape_error 0$/m, /^pg_stat_database_xact_commit\{/m],
};
/** What an exporter says of a collector that can't work. */
const failed = /^(node_scrape_collector_success|pg_scrape_collector_success)\{.*\} 0$/gm;

/** What is missing, or has failed, on any exporter of these pods; empty when all is told. */
export async function silentExporters(kube: Kube, pods: readonly string[]): Promise<readonly string[]> {
  const asked = pods.flatMap((pod) => (["node", "postgres"] as const).map((of) => ({ pod, of })));
  const faults = await Promise.all(
    asked.map(async ({ pod, of }) => {
      const text = await metricsOf(kube, pod, of).catch((error: unknown) => String(error));
      const missing = expected[of].filter((line) => !line.test(text)).map((line) => `no ${line.source}`);
      return [...missing, ...(text.match(failed) ?? [])].map((fault) => `${pod} ${of}: ${fault}`);
    }),
  );
  return faults.flat();
}
