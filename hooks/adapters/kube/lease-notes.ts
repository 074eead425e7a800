import { V1Lease, V1LeaseSpec, V1ObjectMeta } from "@kubernetes/client-node";
import { Failure } from "../../model/failure.ts";
import { kubeFailure, statusOf } from "./classify.ts";
import type { KubeClient } from "./client.ts";

/** A Lease, and the annotation on it that is meant. */
export interface NotePlace {
  readonly lease: string;
  readonly annotation: string;
}

const tries = 5;

/** What the annotation says; undefined when there is none, or no such Lease. */
export async function readNote(
  client: KubeClient,
  { lease, annotation }: NotePlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  const found = await readLease(client, lease, signal);
  return found?.metadata?.annotations?.[annotation];
}

/** Replaces it; no text takes it away. A write names the version it replaces, and is tried again when the Lease was renewed meanwhile. */
export async function writeNote(
  client: KubeClient,
  { lease, annotation }: NotePlace,
  text: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  for (let left = tries; left > 0; left -= 1) {
    const found = await readLease(client, lease, signal);
    if (found?.metadata?.annotations?.[annotation] === text) return;
    if (await writeLease(client, { lease, annotation, found, text }, signal)) return;
  }
  const what = "it changes all the time";
  throw new Failure({ class: "retry", code: "api-conflict", what, object: `Lease ${lease}` });
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
  change: NotePlace & { readonly found: V1Lease | undefined; readonly text: string | undefined },
  signal: AbortSignal,
): Promise<boolean> {
  const { lease: name, annotation, found, text } = change;
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
