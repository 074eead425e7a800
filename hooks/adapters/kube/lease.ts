import { DeadlineReached } from "../../kit/deadline.ts";
import { Failure, isFailure } from "../../model/failure.ts";
import type { Clock } from "../../ports/clock.ts";
import type { WriterLease } from "../../ports/kube.ts";
import type { Log } from "../../ports/log.ts";
import type { LeaseRecord, LeaseStore } from "./lease-record.ts";

export interface LeaseOptions {
  /** Unique to this process: two of one name would both believe they hold it. */
  readonly identity: string;
  readonly durationMs: number;
}

/** The Lease object, read and written; see lease-record.ts. */
export type LeaseObject = Pick<LeaseStore, "read" | "create" | "write">;

const pollMs = 500;
/** A release that does not get through costs the next run one lease duration, not this one its end. */
const releaseMs = 2000;

/**
 * The one writer's token. Expiry is judged by this process's own clock: a lease is free when its record has not changed for its whole duration while we
 * watched (as client-go does), so clocks of different hosts need not agree. Every write names the version it replaces; a conflict means somebody else
 * was first.
 */
export function makeWriterLease(
  store: LeaseObject,
  { identity, durationMs }: LeaseOptions,
  ports: { readonly clock: Clock; readonly log: Log },
): WriterLease {
  return {
    acquire: async (signal) => {
      const first = await waitForIt(store, { identity, durationMs }, ports, signal);
      ports.log.write("info", { event: "lease", state: "acquired", holder: identity });
      const lost = new AbortController();
      const stop = new AbortController();
      const renewed = keepRenewing(store, { identity, durationMs }, ports, {
        first,
        lost,
        stop: stop.signal,
      });
      return {
        lost: lost.signal,
        release: async () => {
          stop.abort();
          const last = await renewed;
          if (lost.signal.aborted) return;
          const change = { holder: "", durationMs: 1000 };
          const bound = AbortSignal.timeout(releaseMs);
          const result = await rewrite(store, last, { identity, change, bound }).catch(
            () => "failed" as const,
          );
          const state = typeof result === "string" ? "lost" : "released";
          ports.log.write(state === "lost" ? "warn" : "info", { event: "lease", state, holder: identity });
        },
      };
    },
  };
}

type Change = Parameters<LeaseObject["write"]>[1];
type Ports = { readonly clock: Clock; readonly log: Log };

/** Asks until it is ours. Trouble with the API is waited out too: only `signal` and a terminal refusal give up. */
async function waitForIt(
  store: LeaseObject,
  options: LeaseOptions,
  { clock, log }: Ports,
  signal: AbortSignal,
): Promise<LeaseRecord> {
  let watched = { version: "", sinceMs: clock.nowMs() };
  let told = "";
  for (;;) {
    if (signal.aborted) throw told === "" ? signal.reason : heldBy(told, signal.reason);
    const seen = await store.read(signal).catch(unlessTerminal);
    if (seen !== "trouble") {
      if (seen !== undefined && seen.version !== watched.version)
        watched = { version: seen.version, sinceMs: clock.nowMs() };
      const taken = await take(store, options, seen, {
        expired: isExpired(seen, clock.nowMs() - watched.sinceMs),
        signal,
      });
      if (taken !== undefined) return taken;
      if (seen !== undefined && seen.holder !== told) {
        told = seen.holder;
        log.write("info", { event: "lease", state: "held-by-other", holder: seen.holder });
      }
    }
    await clock.sleep(pollMs, signal).catch(() => undefined);
  }
}

/** Time went by while somebody else had it; any other reason to give up is told as it is. The holder is a pod's name and six digits of its own (main.ts). */
function heldBy(holder: string, reason: unknown): unknown {
  if (!(reason instanceof DeadlineReached)) return reason;
  const pod = holder.replace(/-[0-9a-f]{6}$/, "");
  const what = `pod ${pod} held the writer's lease all the time`;
  const remedy = `its log says what it is at: kubectl logs ${pod}`;
  return new Failure({ class: "wait", code: "lease-held", what, object: "lease", remedy }, { cause: reason });
}

const isExpired = (seen: LeaseRecord | undefined, unchangedMs: number): boolean =>
  seen === undefined || unchangedMs > seen.durationMs;

async function take(
  store: LeaseObject,
  { identity, durationMs }: LeaseOptions,
  seen: LeaseRecord | undefined,
  at: { readonly expired: boolean; readonly signal: AbortSignal },
): Promise<LeaseRecord | undefined> {
  const free = seen === undefined || seen.holder === "" || seen.holder === identity || at.expired;
  if (!free) return undefined;
  const result =
    seen === undefined
      ? await store.create(identity, durationMs, at.signal).catch(unlessTerminal)
      : await store.write(seen, { holder: identity, durationMs }, at.signal).catch(unlessTerminal);
  return typeof result === "string" ? undefined : result;
}

function unlessTerminal(error: unknown): "trouble" {
  if (!isFailure(error) || error.facts.class === "terminal" || error.facts.class === "bug") throw error;
  return "trouble";
}

/**
 * Renews or lets go. Another version is not another holder: a write of ours whose answer was lost is one, and so is the note about nodes that leave
 * (hold.ts), which stands on the same object. The identity is unique, so a look tells.
 */
async function rewrite(
  store: LeaseObject,
  record: LeaseRecord,
  {
    identity,
    change,
    bound,
  }: { readonly identity: string; readonly change: Change; readonly bound: AbortSignal },
): Promise<LeaseRecord | "conflict"> {
  const result = await store.write(record, change, bound);
  if (result !== "conflict") return result;
  const seen = await store.read(bound);
  return seen?.holder === identity ? store.write(seen, change, bound) : "conflict";
}

/**
 * Renews at a third of the duration. Lost when a write meets another version, or when two thirds have gone by without one getting through: the last
 * third is for whatever is under way to stop before anybody else may begin.
 */
async function keepRenewing(
  store: LeaseObject,
  { identity, durationMs }: LeaseOptions,
  { clock, log }: Ports,
  held: { readonly first: LeaseRecord; readonly lost: AbortController; readonly stop: AbortSignal },
): Promise<LeaseRecord> {
  let record = held.first;
  let renewedMs = clock.nowMs();
  const lose = (why: string): LeaseRecord => {
    log.write("error", { event: "lease", state: "lost", holder: identity });
    held.lost.abort(new Error(`the writer's lease was lost: ${why}`));
    return record;
  };
  let pauseMs = durationMs / 3;
  for (;;) {
    await clock.sleep(pauseMs, held.stop).catch(() => undefined);
    if (held.stop.aborted) return record;
    const begunMs = clock.nowMs();
    const leftMs = renewedMs + (durationMs * 2) / 3 - begunMs;
    if (leftMs <= 0) return lose("it could not be renewed in time");
    const bound = AbortSignal.timeout(Math.ceil(leftMs));
    const change = { holder: identity, durationMs };
    const result = await rewrite(store, record, { identity, change, bound }).catch(() => "trouble" as const);
    if (result === "conflict") return lose("somebody else wrote it");
    pauseMs = result === "trouble" ? pollMs : durationMs / 3;
    if (result === "trouble") continue;
    record = result;
    renewedMs = begunMs;
  }
}
