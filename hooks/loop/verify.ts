import type { Snapshot } from "../model/snapshot.ts";
import type { Topology } from "../model/topology.ts";
import type { RunPorts } from "./ports.ts";

/** A distributed write and read through every coordinator: the only proof that clients can work. Throws the first coordinator's Failure. */
export async function verifyCoordinators(
  topology: Topology,
  snapshot: Snapshot,
  ports: RunPorts,
  bounds: { signal: AbortSignal; timeoutMs: number },
): Promise<void> {
  // One after the other: each makes and drops a table, and DDL of two coordinators at once waits for one another.
  for (const node of topology.nodes.filter(({ role }) => role === "cn")) {
    const address = snapshot.pods.get(node.pod)?.ip;
    if (address === undefined || snapshot.nodes.get(node.name)?.state !== "up") continue;
    const startedMs = ports.clock.nowMs();
    const rows = await ports.nodes.verifyDistributed({ name: node.name, address, port: node.port }, bounds);
    const durationMs = Math.round(ports.clock.nowMs() - startedMs);
    ports.log.write("info", { event: "verified", coordinator: node.name, rows, durationMs });
  }
}
