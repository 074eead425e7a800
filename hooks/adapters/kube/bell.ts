import { backoffDelaysMs } from "../../kit/backoff.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Bell } from "../../ports/kube.ts";
import type { Log } from "../../ports/log.ts";
import { kubeFailure } from "./classify.ts";
import type { KubeClient } from "./client.ts";

/** The server ends the watch itself before client-node's 30 s of silence would, and tells where to go on. */
const watchSeconds = 25;

/** Where a watch goes on; undefined when something may have been missed. */
type Version = string | undefined;

/** A watch that ends sooner was not worth its request: a server that closes each one at once would be asked hundreds of times a second. */
const shortestMs = 1000;

/**
 * A watch of pods, of which only the moment is used. Whatever ends it but the server's own time-out (an error, a reset, a version that is too old) may have
 * swallowed something: then it rings, and begins anew from the present, with a growing pause.
 */
export function makeBell(
  client: KubeClient,
  labelSelector: string,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Bell {
  /** One watch to its end: where to go on, and what broke it if it was not the server's own time-out. */
  const watchOnce = async (from: Version, ring: () => void, signal: AbortSignal): Promise<Turn> => {
    const startedMs = clock.nowMs();
    try {
      const version = from ?? (await presentVersion(client, labelSelector, signal));
      if (from === undefined) ring();
      const reached = await watchFrom(client, { labelSelector, version, ring }, signal);
      return clock.nowMs() - startedMs < shortestMs
        ? { version: reached, why: "it ended at once" }
        : { version: reached };
    } catch (error) {
      return { version: undefined, why: whyOf(error) };
    }
  };
  return {
    listen: async (ring, signal) => {
      let delays = backoffDelaysMs(1000, 30_000);
      for (let version: Version; !signal.aborted;) {
        const turn = await watchOnce(version, ring, signal);
        ({ version } = turn);
        if (turn.why === undefined) delays = backoffDelaysMs(1000, 30_000);
        else await pauseAfter(turn.why, delays.next().value, signal);
      }
    },
  };

  async function pauseAfter(why: string, pauseMs: number, signal: AbortSignal): Promise<void> {
    if (!signal.aborted) log.write("warn", { event: "bell-restarted", why, pauseMs });
    await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}

interface Turn {
  readonly version: Version;
  readonly why?: string;
}

const whyOf = (error: unknown): string =>
  kubeFailure(error, { verb: "watch", resource: "pods", object: "bell" }).message;

/** What a list of now has as its version, without the list. */
async function presentVersion(
  client: KubeClient,
  labelSelector: string,
  signal: AbortSignal,
): Promise<string> {
  const { namespace } = client;
  const list = await client.core(signal).listNamespacedPod({ namespace, labelSelector, limit: 1 });
  return list.metadata?.resourceVersion ?? "0";
}

interface Watched {
  readonly labelSelector: string;
  readonly version: string;
  readonly ring: () => void;
}

/** Resolves with where to go on when the server ended the watch in order; rejects when it broke. */
async function watchFrom(
  client: KubeClient,
  { labelSelector, version, ring }: Watched,
  signal: AbortSignal,
): Promise<Version> {
  const { promise, resolve, reject } = Promise.withResolvers<Version>();
  let reached = version;
  const hear = (type: string, object: unknown): void => {
    if (type === "ERROR") {
      reject(new Error(messageOf(object)));
      return;
    }
    reached = versionOf(object) ?? reached;
    if (type !== "BOOKMARK") ring();
  };
  const over = (error: unknown): void => {
    if (error === null || error === undefined) resolve(reached);
    else reject(error instanceof Error ? error : new Error("the connection was lost"));
  };
  const stop = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", stop, { once: true });
  const path = `/api/v1/namespaces/${client.namespace}/pods`;
  const query = { labelSelector, resourceVersion: version, allowWatchBookmarks: true };
  const request = client.watch().watch(path, { ...query, timeoutSeconds: watchSeconds }, hear, over);
  // A request that is never answered is ended by client-node's own silence time-out: nobody waits for it here.
  request.catch(over);
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", stop);
    void request.then(
      (controller) => controller.abort(),
      () => undefined,
    );
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

function versionOf(object: unknown): Version {
  const metadata = isRecord(object) ? object["metadata"] : undefined;
  const version = isRecord(metadata) ? metadata["resourceVersion"] : undefined;
  return typeof version === "string" ? version : undefined;
}

const messageOf = (object: unknown): string =>
  isRecord(object) && typeof object["message"] === "string"
    ? object["message"]
    : "the watch ended with an error";
