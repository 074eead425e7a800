import { V1Lease, V1LeaseSpec, V1MicroTime, V1ObjectMeta } from "@kubernetes/client-node";
import { kubeFailure, statusOf } from "./classify.ts";
import type { KubeClient } from "./client.ts";

/** What the Lease object says, and the version a write has to name. */
export interface LeaseRecord {
  readonly holder: string;
  readonly durationMs: number;
  readonly version: string;
  readonly body: V1Lease;
}

/** Reads and writes one Lease; a write that meets another version is `conflict`, not an error. */
export class LeaseStore {
  readonly #client: KubeClient;
  readonly #name: string;
  readonly #wallClock: () => Date;

  constructor(client: KubeClient, name: string, wallClock: () => Date) {
    this.#client = client;
    this.#name = name;
    this.#wallClock = wallClock;
  }

  async read(signal: AbortSignal): Promise<LeaseRecord | undefined> {
    const { namespace } = this.#client;
    try {
      return recordOf(
        await this.#client.coordination(signal).readNamespacedLease({ namespace, name: this.#name }),
      );
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw this.#failure(error, "get");
    }
  }

  async create(holder: string, durationMs: number, signal: AbortSignal): Promise<LeaseRecord | "conflict"> {
    const now = this.#now();
    const body = leaseOf(Object.assign(new V1ObjectMeta(), { name: this.#name }), {
      holderIdentity: holder,
      ...seconds(durationMs),
      acquireTime: now,
      renewTime: now,
      leaseTransitions: 0,
    });
    try {
      const { namespace } = this.#client;
      return recordOf(await this.#client.coordination(signal).createNamespacedLease({ namespace, body }));
    } catch (error) {
      if (statusOf(error) === 409) return "conflict";
      throw this.#failure(error, "create");
    }
  }

  /** `resourceVersion` of `before` makes the server refuse the write when anybody else wrote since. */
  async write(
    before: LeaseRecord,
    change: { readonly holder: string; readonly durationMs: number },
    signal: AbortSignal,
  ): Promise<LeaseRecord | "conflict"> {
    const now = this.#now();
    const taken = change.holder !== "" && change.holder !== before.holder;
    const { metadata, spec } = before.body;
    const body = leaseOf(metadata, spec, {
      holderIdentity: change.holder,
      ...seconds(change.durationMs),
      renewTime: now,
      ...(taken ? { acquireTime: now, leaseTransitions: (spec?.leaseTransitions ?? 0) + 1 } : {}),
    });
    try {
      const request = { namespace: this.#client.namespace, name: this.#name, body };
      return recordOf(await this.#client.coordination(signal).replaceNamespacedLease(request));
    } catch (error) {
      const status = statusOf(error);
      if (status === 409 || status === 404) return "conflict";
      throw this.#failure(error, "update");
    }
  }

  #now(): V1MicroTime {
    return new V1MicroTime(this.#wallClock());
  }

  #failure(error: unknown, verb: "get" | "create" | "update"): Error {
    return kubeFailure(error, { verb, resource: "leases", object: `Lease ${this.#name}` });
  }
}

/** The generated classes have no constructor arguments. */
function leaseOf(
  metadata: V1ObjectMeta | undefined,
  ...specs: readonly (Partial<V1LeaseSpec> | undefined)[]
): V1Lease {
  const spec = Object.assign(new V1LeaseSpec(), ...specs) as V1LeaseSpec;
  return Object.assign(new V1Lease(), { metadata, spec });
}

const seconds = (durationMs: number): { leaseDurationSeconds: number } => ({
  leaseDurationSeconds: Math.ceil(durationMs / 1000),
});

const recordOf = (body: V1Lease): LeaseRecord => ({
  holder: body.spec?.holderIdentity ?? "",
  durationMs: (body.spec?.leaseDurationSeconds ?? 0) * 1000,
  version: body.metadata?.resourceVersion ?? "",
  body,
});
