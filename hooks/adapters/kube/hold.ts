import type { Hold } from "../../ports/kube.ts";
import type { KubeClient } from "./client.ts";
import { readNote, writeNote } from "./lease-notes.ts";

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

/**
 * The note lives on the writer's Lease, so that nobody needs a right to any other object. Its time is by the clocks of hosts, which agree to a few seconds; it is
 * minutes long.
 */
export function makeHold(client: KubeClient, lease: string, wallClock: () => Date): Hold {
  const place = { lease, annotation };
  return {
    read: async (signal) => {
      const { nodes, untilMs } = parseNote(await readNote(client, place, signal));
      return untilMs > wallClock().getTime() ? nodes : [];
    },
    write: (nodes, forMs, signal) => {
      const until = new Date(wallClock().getTime() + forMs).toISOString();
      const text = nodes.length === 0 ? undefined : JSON.stringify({ nodes, until });
      return writeNote(client, place, text, signal);
    },
  };
}
