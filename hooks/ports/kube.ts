import type { PodFact } from "../model/snapshot.ts";

/** What the program needs of Kubernetes. Every call is bounded by the adapter's own request time-out and by `signal`. */
export interface Kube {
  /** All pods of the release, mgr's too. */
  listPods(signal: AbortSignal): Promise<readonly PodFact[]>;
}

/** The one writer's token (a Lease). */
export interface WriterLease {
  /**
   * Resolves when held; waits while somebody else holds it and renews it meanwhile by itself. `signal` gives up waiting.
   * The returned `lost` signal aborts when a renewal was refused or came too late: stop writing at once.
   */
  acquire(signal: AbortSignal): Promise<{ readonly lost: AbortSignal; release(): Promise<void> }>;
}

/** The credentials Secret, made once and never overwritten. */
export interface SecretStore {
  /** True when made now, false when it was there already (it is then left as it is). */
  createIfAbsent(name: string, data: Readonly<Record<string, string>>, signal: AbortSignal): Promise<boolean>;
  deleteSecret(name: string, signal: AbortSignal): Promise<void>;
}

/** What no release owns and helm leaves behind on uninstall: the writer's Lease, and the Jobs of failed hooks. */
export interface Leftovers {
  /** Deletes what is there. Throws the first Failure after having tried all. */
  deleteAll(signal: AbortSignal): Promise<void>;
}
