// A client that writes all the time and keeps a record of what it was told is committed.
import { readFile } from "node:fs/promises";
import { type ClientOptions, sql, startClient } from "../../../ci/demo/client.ts";
import type { Kube } from "../../../ci/demo/kube.ts";
import { until } from "../until.ts";

/** Rows of one batch, as writer.sh makes them. */
export const rowsOfBatch = 16;

export interface Ack {
  readonly batch: number;
  /** When the writer heard of it, in ms since 1970 by its pod's clock. */
  readonly atMs: number;
}

/** What one session was told. */
export interface SessionRecord {
  readonly acks: readonly Ack[];
  readonly errors: readonly { readonly batch: number; readonly atMs: number; readonly why: string }[];
}

export type WriterRecord = ReadonlyMap<string, SessionRecord>;

export interface Writer {
  /** Does something to the cluster and waits until a batch that was begun after it is acknowledged; prints what clients noticed. */
  during<T>(step: string, deed: () => Promise<T>): Promise<T>;
  /** What has been acknowledged so far; nothing is under way until `go`. */
  pause(): Promise<WriterRecord>;
  go(): Promise<void>;
}

/** Sessions by name: through the client Service, and to single coordinators. */
export type Sessions = Readonly<Record<string, string>>;

const pod = "antdb-writer";
const bash = (kube: Kube, script: string): Promise<string> =>
  kube.kubectl(["exec", "-i", pod, "--", "/bin/bash", "-s"], script);

/** Makes the table `writes` and starts to write; the sessions go on until the pod is gone. */
export async function startWriter(client: ClientOptions, sessions: Sessions): Promise<Writer> {
  const { kube } = client;
  const script = await readFile(new URL("writer.sh", import.meta.url), "utf8");
  await sql(
    client,
    "CREATE TABLE writes (id bigint PRIMARY KEY, session text, batch int) DISTRIBUTE BY HASH (id)",
  );
  await startClient({ ...client, name: pod });
  const names = Object.keys(sessions);
  const words = Object.entries(sessions).map(([name, host]) => `${name}=${host}`);
  await kube.kubectl(
    [
      "exec",
      "-i",
      pod,
      "--",
      "/bin/bash",
      "-c",
      `cat >/tmp/writer.sh; exec setsid bash /tmp/writer.sh ${words.join(" ")} &>/dev/null </dev/null &`,
    ],
    script,
  );
  const [first = ""] = names;
  const newestMs = async (): Promise<number> =>
    Number(await bash(kube, `tail -n 1 /tmp/${first}.acks 2>/dev/null | cut -d' ' -f2`)) / 1000;
  const writesAfter = (ms: number): Promise<true> =>
    until("a batch through the client Service is acknowledged", async () =>
      (await newestMs().catch(() => 0)) > ms + 500 ? true : undefined,
    );
  await writesAfter(0);
  return {
    during: async (step, deed) => {
      const fromMs = Date.now();
      const result = await deed();
      const toMs = Date.now();
      await writesAfter(toMs);
      const record = parseRecord(names, await bash(kube, print(names)));
      console.log(
        `${step}: ${((toMs - fromMs) / 1000).toFixed(1)} s; ${noticed(record, fromMs, Date.now())}`,
      );
      return result;
    },
    pause: async () => parseRecord(names, await bash(kube, `${still(names)}\n${print(names)}`)),
    go: async () => {
      await bash(kube, "rm /tmp/pause");
    },
  };
}

const still = (names: readonly string[]): string =>
  `: >/tmp/pause\nfor name in ${names.join(" ")}; do until [ -e /tmp/$name.paused ]; do sleep 0.1; done; done`;

const print = (names: readonly string[]): string =>
  `for name in ${names.join(" ")}; do sed "s/^/$name ack /" /tmp/$name.acks; sed "s/^/$name error /" /tmp/$name.errors; done`;

function parseRecord(names: readonly string[], printed: string): WriterRecord {
  const lines = printed.split("\n").map((line) => /^(\S+) (ack|error) (\d+) (\d+) ?(.*)$/.exec(line));
  const of = (name: string, kind: string): { batch: number; atMs: number; why: string }[] =>
    lines
      .filter((found) => found?.[1] === name && found[2] === kind)
      .map((found) => ({
        batch: Number(found?.[3]),
        atMs: Number(found?.[4]) / 1000,
        why: found?.[5] ?? "",
      }));
  return new Map(names.map((name) => [name, { acks: of(name, "ack"), errors: of(name, "error") }]));
}

/** The longest time without an acknowledgement that touches the span, in ms. */
function longestGapMs(acks: readonly Ack[], fromMs: number, toMs: number): number {
  const times = acks.map(({ atMs }) => atMs);
  const before = times.filter((atMs) => atMs <= fromMs).slice(-1);
  const after = times.filter((atMs) => atMs > fromMs && atMs <= toMs);
  const moments = [...before, ...after];
  return Math.max(0, ...moments.slice(1).map((atMs, index) => atMs - (moments[index] ?? atMs)));
}

/** In a person's words, session by session. */
function noticed(record: WriterRecord, fromMs: number, toMs: number): string {
  const within = ({ atMs }: { readonly atMs: number }): boolean => atMs > fromMs && atMs <= toMs;
  return [...record]
    .map(([name, { acks, errors }]) => {
      const failed = errors.filter(within);
      const kinds = [...new Set(failed.map(({ why }) => why.slice(0, 90)))].slice(0, 3);
      const said = failed.length === 0 ? "no error" : `${failed.length} errors (${kinds.join(" | ")})`;
      return `${name}: ${acks.filter(within).length} batches, longest gap ${(longestGapMs(acks, fromMs, toMs) / 1000).toFixed(1)} s, ${said}`;
    })
    .join("; ");
}
