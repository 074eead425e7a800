import { isFailure } from "../../model/failure.ts";
import type { Drained, Moving } from "../../model/rebalance.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Mover, MoverToken, WriterLease } from "../../ports/kube.ts";
import type { KubeClient } from "./client.ts";
import type { LeaseRecord, LeaseStore } from "./lease-record.ts";
import { readNote, writeNote } from "./lease-notes.ts";

/** Notes on the mover's Lease: what its holder does, the identity of a holder that is to stop, and the datanodes that were drained: `dn_3=<uid of its pod>`. */
const notes = {
  doing: "antdb.io/doing",
  stop: "antdb.io/stop",
  drained: "antdb.io/drained",
} as const;

const pollMs = 500;
const stopPollMs = 2000;

interface Parts {
  readonly client: KubeClient;
  readonly lease: WriterLease;
  readonly store: Pick<LeaseStore, "read">;
  readonly leaseName: string;
  /** The one that `lease` writes. */
  readonly identity: string;
  readonly clock: Clock;
}

export function makeMover(parts: Parts): Mover {
  const { client, leaseName, store } = parts;
  const drained = { lease: leaseName, annotation: notes.drained };
  return {
    take: (doing, options) => take(parts, doing, options),
    askToStop: async (signal) => {
      const record = await store.read(signal);
      if (record === undefined || record.holder === "") return undefined;
      await writeNote(client, { lease: leaseName, annotation: notes.stop }, record.holder, signal);
      return movingOf(parts, record, signal);
    },
    readDrained: async (signal) => parseDrained(await readNote(client, drained, signal)),
    noteDrained: (entries, signal) => {
      const text = entries.map(({ datanode, podUid }) => `${datanode}=${podUid}`).join(",");
      return writeNote(client, drained, text === "" ? undefined : text, signal);
    },
  };
}

async function movingOf(
  { client, leaseName }: Parts,
  { holder }: LeaseRecord,
  signal: AbortSignal,
): Promise<Moving> {
  const doing = await readNote(client, { lease: leaseName, annotation: notes.doing }, signal);
  return { by: holder, doing: doing ?? "antdb" };
}

async function take(
  parts: Parts,
  doing: string,
  { signal, patient }: Parameters<Mover["take"]>[1],
): ReturnType<Mover["take"]> {
  const alive = new AbortController();
  const done = new AbortController();
  if (patient !== true)
    untilRenewed(parts, AbortSignal.any([signal, done.signal])).then(
      (record) => alive.abort(record),
      // Only the end of the wait rejects it.
      () => undefined,
    );
  try {
    const held = await parts.lease.acquire(AbortSignal.any([signal, alive.signal]));
    const place = { lease: parts.leaseName, annotation: notes.doing };
    await writeNote(parts.client, place, doing, signal);
    return { token: withStop(parts, held) };
  } catch (error) {
    if (!alive.signal.aborted || signal.aborted || isFailure(error)) throw error;
    return { held: await movingOf(parts, alive.signal.reason as LeaseRecord, signal) };
  } finally {
    done.abort();
  }
}

const parseDrained = (text: string | undefined): readonly Drained[] =>
  (text ?? "").split(",").flatMap((entry) => {
    const [datanode = "", podUid = ""] = entry.split("=");
    return podUid === "" ? [] : [{ datanode, podUid }];
  });

/** Resolves with the record of another holder that is seen to renew it: that one lives. */
async function untilRenewed({ store, identity, clock }: Parts, signal: AbortSignal): Promise<LeaseRecord> {
  let before: LeaseRecord | undefined;
  for (;;) {
    const seen = await store.read(signal).catch(() => undefined);
    if (seen !== undefined && seen.holder !== "" && seen.holder !== identity) {
      if (before?.holder === seen.holder && renewedAt(before) !== renewedAt(seen)) return seen;
      before = seen;
    }
    await clock.sleep(pollMs, signal);
  }
}

/** Not the object's version: a note written on it is no sign of its holder's life. What is read is a string, whatever client-node's type says. */
const renewedAt = ({ body }: LeaseRecord): string => JSON.stringify(body.spec?.renewTime ?? "");

/** The token, which hears when it is asked to stop. */
function withStop(
  { client, leaseName, identity, clock }: Parts,
  held: Awaited<ReturnType<WriterLease["acquire"]>>,
): MoverToken {
  const stop = new AbortController();
  const released = new AbortController();
  const listen = async (): Promise<void> => {
    for (;;) {
      const place = { lease: leaseName, annotation: notes.stop };
      // An API server that is away for a while only delays it.
      const asked = await readNote(client, place, released.signal).catch(() => undefined);
      if (asked === identity) {
        stop.abort();
        return;
      }
      await clock.sleep(stopPollMs, released.signal);
    }
  };
  listen().catch(() => undefined);
  return {
    lost: held.lost,
    stop: stop.signal,
    release: () => {
      released.abort();
      return held.release();
    },
  };
}
