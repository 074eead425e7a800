import { V1Lease, V1LeaseSpec, V1ObjectMeta } from "@kubernetes/client-node";
import { Failure } from "../../model/failure.ts";
import type { Hold } from "../../ports/kube.ts";
import { kubeFailure, statusOf } from "./classify.ts";
import type { KubeClient } from "./client.ts";

/** On the writer's Lease: `{"nodes":["cn_2"],"until":"2026-11-23T18:00:00.000Z"}`. */
const annotation = "antdb.io/leaving";

interface Note {
  readonly nodes: readonly string[];
  readonly untilMs: number;
}

/** What is not a note of ours holds nobody: it could only have been written by hand. */
function parseNote(text: string | undefined): Note {
  try {
    const { nodes, until } = JSON.parse(text ?? "") as { nodes?: unknown; until?: unknown };
    const names = Array.isArray(nodes) ? nodes.filter((name) => typeof name === "string") : [];
    return { nodes: names, untilMs: typeof until === "string" ? Date.parse(until) : Number.NaN };
  } catch {
    return { nodes: [], untilMs: Number.NaN };
  }
}

const tries = 5;

/**
 * The note lives on the writer's Lease, so that nobody needs a right to any other object. Its time is by the clocks of hosts, which agree to a few seconds; it is
 * minutes long. A write names the version it replaces, and is tried again when the lease was renewed meanwhile.
 */
export function makeHold(client: KubeClient, lease: string, wallClock: () => Date): Hold {
  return {
    read: async (signal) => {
      const found = await readLease(client, lease, signal);
      const { nodes, untilMs } = parseNote(found?.metadata?.annotations?.[annotation]);
      return untilMs > wallClock().getTime() ? nodes : [];
    },
    write: async (nodes, forMs, signal) => {
      const until = new Date(wallClock().getTime() + forMs).toISOString();
      const text = nodes.length === 0 ? undefined : JSON.stringify({ nodes, until });
      for (let left = tries; left > 0; left -= 1) {
        const found = await readLease(client, lease, signal);
        if (found?.metadata?.annotations?.[annotation] === text) return;
        if (await writeLease(client, { lease, found, text }, signal)) return;
      }
      const what = "it changes all the time";
      throw new Failure({ class: "retry", code: "api-conflict", what, object: `Lease ${lease}` });
    },
  };
}

async function readLease(
  client: KubeClient,
  name: string,
  signal: AbortSignal,
): Promise<V1Lease | undefined> {
  try {
    return await client.coordination(signal).readNamespacedLease({ namespace: client.namespace, name });
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw kubeFailure(error, { verb: "get", resource: "leases", object: `Lease ${name}` });
  }
}

/** False when somebody else wrote first. */
async function writeLease(
  client: KubeClient,
  change: { readonly lease: string; readonly found: V1Lease | undefined; readonly text: string | undefined },
  signal: AbortSignal,
): Promise<boolean> {
  const { lease: name, found, text } = change;
  const others = Object.entries(found?.metadata?.annotations ?? {}).filter(([key]) => key !== annotation);
  const own: [string, string][] = text === undefined ? [] : [[annotation, text]];
  const annotations = Object.fromEntries<string>([...others, ...own]);
  const metadata = Object.assign(new V1ObjectMeta(), found?.metadata, { name, annotations });
  const body = Object.assign(new V1Lease(), { metadata, spec: found?.spec ?? new V1LeaseSpec() });
  const api = client.coordination(signal);
  const { namespace } = client;
  try {
    if (found === undefined) await api.createNamespacedLease({ namespace, body });
    else await api.replaceNamespacedLease({ namespace, name, body });
    return true;
  } catch (error) {
    if (statusOf(error) === 409) return false;
    const verb = found === undefined ? "create" : "update";
    throw kubeFailure(error, { verb, resource: "leases", object: `Lease ${name}` });
  }
}
