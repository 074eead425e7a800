import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../../hooks/adapters/clock/system-clock.ts";
import { makeBell } from "../../../../hooks/adapters/kube/bell.ts";
import { KubeClient } from "../../../../hooks/adapters/kube/client.ts";
import { makeFakeLog, type CollectedLog } from "../../../support/fakes/fake-log.ts";
import { until } from "../../../support/until.ts";

interface Listening extends AsyncDisposable {
  /** Watches that were opened: the version each began at. */
  readonly watches: { readonly from: string; readonly selector: string; readonly answer: ServerResponse }[];
  readonly rings: () => number;
  readonly log: CollectedLog;
}

/** An API server whose watches stay open until a test ends them, and a bell that listens to it. */
async function listen(refuse = false): Promise<Listening> {
  const watches: { from: string; selector: string; answer: ServerResponse }[] = [];
  const server = createServer((request, answer) => {
    const { searchParams } = new URL(request.url ?? "/", "http://api");
    const selector = searchParams.get("labelSelector") ?? "";
    if (searchParams.get("watch") === null) {
      answer.writeHead(200, { "content-type": "application/json" });
      answer.end(JSON.stringify({ kind: "PodList", metadata: { resourceVersion: "100" }, items: [] }));
    } else {
      answer.writeHead(refuse ? 403 : 200, { "content-type": "application/json" });
      watches.push({ from: searchParams.get("resourceVersion") ?? "", selector, answer });
      if (refuse) answer.end("{}");
      else answer.flushHeaders();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const folder = mkdtempSync(join(tmpdir(), "antdb-bell-"));
  const path = join(folder, "config");
  const cluster = { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true };
  const named = (key: string, value: object): object[] => [{ name: "t", [key]: value }];
  const config = { clusters: named("cluster", cluster), users: named("user", {}), "current-context": "t" };
  const contexts = named("context", { cluster: "t", user: "t" });
  writeFileSync(path, JSON.stringify({ apiVersion: "v1", kind: "Config", ...config, contexts }));
  const client = new KubeClient({
    source: { kind: "kubeconfig", path },
    namespace: "antdb",
    requestTimeoutMs: 2000,
  });
  const log = makeFakeLog();
  const stop = new AbortController();
  let rings = 0;
  const ended = makeBell(client, "app=antdb", { clock: systemClock, log }).listen(
    () => (rings += 1),
    stop.signal,
  );
  return {
    watches,
    rings: () => rings,
    log,
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error("test over"));
      await ended;
      await client[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const opened = (bell: Listening, count: number): Promise<unknown> =>
  until(`${count} watches`, () => Promise.resolve(bell.watches.length >= count ? true : undefined), 10_000);
const rung = (bell: Listening, count: number): Promise<unknown> =>
  until(`${count} rings`, () => Promise.resolve(bell.rings() >= count ? true : undefined), 10_000);
const say = (bell: Listening, watch: number, type: string, version: string): void => {
  const object = { kind: "Pod", metadata: { name: "antdb-dn-0", resourceVersion: version } };
  bell.watches[watch]?.answer.write(`${JSON.stringify({ type, object })}\n`);
};

describe("the bell", () => {
  it("rings when it begins and at each change, not at bookmarks, and selects the release's pods", async () => {
    await using bell = await listen();
    await opened(bell, 1);
    expect(bell.watches[0]).toMatchObject({ from: "100", selector: "app=antdb" });
    say(bell, 0, "MODIFIED", "101");
    say(bell, 0, "BOOKMARK", "150");
    say(bell, 0, "DELETED", "151");
    await rung(bell, 3);
    expect(bell.rings()).toBe(3);
  });

  it("goes on where it was when the server ends the watch in order, without a ring", async () => {
    await using bell = await listen();
    await opened(bell, 1);
    say(bell, 0, "BOOKMARK", "150");
    await systemClock.sleep(1200, new AbortController().signal);
    bell.watches[0]?.answer.end();
    await opened(bell, 2);
    expect(bell.watches[1]?.from).toBe("150");
    expect(bell.rings()).toBe(1);
    expect(bell.log.events).toEqual([]);
  });

  it.each([
    ["an error in the stream", (bell: Listening): unknown => say(bell, 0, "ERROR", "0")],
    ["a reset", (bell: Listening): unknown => bell.watches[0]?.answer.destroy()],
  ])("begins anew after %s, and rings for what it missed", async (_, breakIt) => {
    await using bell = await listen();
    await opened(bell, 1);
    breakIt(bell);
    await opened(bell, 2);
    expect(bell.watches[1]?.from).toBe("100");
    expect(bell.rings()).toBe(2);
    expect(bell.log.events).toMatchObject([{ event: "bell-restarted", level: "warn", pauseMs: 1000 }]);
  });

  it("asks a server that refuses less and less often", async () => {
    await using bell = await listen(true);
    await systemClock.sleep(3000, new AbortController().signal);
    expect(bell.watches.length).toBeGreaterThanOrEqual(2);
    expect(bell.watches.length).toBeLessThanOrEqual(3);
  });
});
