import { V1Lease } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import { makeWriterLease, type LeaseObject } from "../../../../hooks/adapters/kube/lease.ts";
import type { LeaseRecord } from "../../../../hooks/adapters/kube/lease-record.ts";
import { deadlineIn } from "../../../../hooks/kit/deadline.ts";
import { Failure } from "../../../../hooks/model/failure.ts";
import { makeFakeLog } from "../../../support/fakes/fake-log.ts";
import { VirtualClock } from "../../../support/fakes/virtual-clock.ts";

const durationMs = 15_000;
const forever = new AbortController().signal;

/** One Lease in an API server's memory: a write that names an old version is a conflict. `trouble` makes every call fail. */
class FakeLease implements LeaseObject {
  record: LeaseRecord | undefined;
  trouble: Failure | undefined;
  /** Carries the next write out and loses the answer. */
  loseNextAnswer = false;
  #version = 0;

  set(holder: string, lastsMs = durationMs): LeaseRecord {
    this.#version += 1;
    this.record = { holder, durationMs: lastsMs, version: String(this.#version), body: new V1Lease() };
    return this.record;
  }

  async read(): Promise<LeaseRecord | undefined> {
    await this.#answer();
    return this.record;
  }

  async create(holder: string, lastsMs: number): Promise<LeaseRecord | "conflict"> {
    await this.#answer();
    return this.record === undefined ? this.set(holder, lastsMs) : "conflict";
  }

  async write(
    before: LeaseRecord,
    change: { holder: string; durationMs: number },
  ): Promise<LeaseRecord | "conflict"> {
    await this.#answer();
    if (this.record?.version !== before.version) return "conflict";
    const written = this.set(change.holder, change.durationMs);
    if (!this.loseNextAnswer) return written;
    this.loseNextAnswer = false;
    throw failure("retry");
  }

  #answer(): Promise<void> {
    return this.trouble === undefined ? Promise.resolve() : Promise.reject(this.trouble);
  }
}

const failure = (kind: "retry" | "terminal"): Failure =>
  new Failure({ class: kind, code: "api", what: "no", object: "Lease antdb-writer" });

function setUp(identity = "me", clock = new VirtualClock(), store = new FakeLease()) {
  const log = makeFakeLog();
  const lease = makeWriterLease(store, { identity, durationMs }, { clock, log });
  const wait = (ms: number): Promise<void> => clock.sleep(ms, forever);
  return { clock, store, log, lease, wait };
}

describe("makeWriterLease", () => {
  it("makes the Lease when there is none, and lets go of it", async () => {
    const { lease, store } = setUp();
    const held = await lease.acquire(forever);
    expect(store.record?.holder).toBe("me");
    await held.release();
    expect(store.record?.holder).toBe("");
  });

  it("takes a released one at once", async () => {
    const { lease, store, clock } = setUp();
    store.set("");
    await lease.acquire(forever);
    expect(store.record?.holder).toBe("me");
    expect(clock.nowMs()).toBe(0);
  });

  it("keeps it for as long as it likes", async () => {
    const { lease, store, wait } = setUp();
    const held = await lease.acquire(forever);
    await wait(10 * durationMs);
    expect(held.lost.aborted).toBe(false);
    expect(store.record?.holder).toBe("me");
    await held.release();
  });

  it("waits while another holds and renews it", async () => {
    const first = setUp("other");
    const held = await first.lease.acquire(forever);
    const second = setUp("me", first.clock, first.store);
    const waiting = second.lease.acquire(forever);
    await first.wait(4 * durationMs);
    expect(first.store.record?.holder).toBe("other");
    expect(second.log.events).toMatchObject([{ event: "lease", state: "held-by-other", holder: "other" }]);
    await held.release();
    await waiting;
    expect(first.store.record?.holder).toBe("me");
  });

  it("takes over from a holder that is gone, but not before its time is up", async () => {
    const { lease, store, clock } = setUp();
    store.set("dead");
    await lease.acquire(forever);
    expect(clock.nowMs()).toBeGreaterThan(durationMs);
    expect(clock.nowMs()).toBeLessThan(durationMs + 2000);
  });

  it("is never held by two who both saw it expire", async () => {
    const first = setUp("a");
    const second = setUp("b", first.clock, first.store);
    first.store.set("dead");
    const won: string[] = [];
    void first.lease.acquire(forever).then(() => won.push("a"));
    void second.lease.acquire(forever).then(() => won.push("b"));
    await first.wait(3 * durationMs);
    expect(won).toEqual([first.store.record?.holder]);
  });

  it("says it is lost when somebody else wrote it", async () => {
    const { lease, store, wait } = setUp();
    const held = await lease.acquire(forever);
    store.set("thief");
    await wait(durationMs / 2);
    expect(held.lost.aborted).toBe(true);
    await held.release();
    expect(store.record?.holder).toBe("thief");
  });

  it("says it is lost before anybody else could take it when it cannot be renewed", async () => {
    const { lease, store, wait } = setUp();
    const held = await lease.acquire(forever);
    store.trouble = failure("retry");
    await wait(durationMs * 0.6);
    expect(held.lost.aborted).toBe(false);
    await wait(durationMs * 0.2);
    expect(held.lost.aborted).toBe(true);
  });

  it("outlives trouble that passes, and a renewal whose answer was lost", async () => {
    const { lease, store, wait } = setUp();
    const held = await lease.acquire(forever);
    store.trouble = failure("retry");
    await wait(durationMs * 0.5);
    store.trouble = undefined;
    store.loseNextAnswer = true;
    await wait(2 * durationMs);
    expect(held.lost.aborted).toBe(false);
  });

  // The guard notes on it which nodes leave, and may be done before the first renewal.
  it("is let go though something was noted on it meanwhile", async () => {
    const { lease, store, log } = setUp();
    const held = await lease.acquire(forever);
    store.set("me");
    await held.release();
    expect(store.record?.holder).toBe("");
    expect(log.events.at(-1)).toMatchObject({ event: "lease", state: "released" });
  });

  it("is let go though the answer to the last renewal was lost", async () => {
    const { lease, store, wait } = setUp();
    const held = await lease.acquire(forever);
    store.loseNextAnswer = true;
    await wait(durationMs / 3 + 1);
    await held.release();
    expect(store.record?.holder).toBe("");
  });

  it("gives up waiting with the signal's reason", async () => {
    const { lease, store, clock } = setUp();
    store.set("other");
    const give = new AbortController();
    clock.after(1000, () => give.abort(new Error("time is up")));
    await expect(lease.acquire(give.signal)).rejects.toThrow("time is up");
  });

  it("says who held it all the time when the time is up", async () => {
    const { lease, store, clock } = setUp();
    store.set("antdb-watcher-5f-abc12-0f3e2a");
    clock.after(1000, () => store.set("antdb-watcher-5f-abc12-0f3e2a"));
    using deadline = deadlineIn(10_000, clock, forever);
    await expect(lease.acquire(deadline.signal)).rejects.toMatchObject({
      facts: {
        ...{ class: "wait", code: "lease-held", object: "lease" },
        what: "pod antdb-watcher-5f-abc12 held the writer's lease all the time",
        remedy: "its log says what it is at: kubectl logs antdb-watcher-5f-abc12",
      },
    });
  });

  it("does not wait out a refusal", async () => {
    const { lease, store } = setUp();
    store.trouble = failure("terminal");
    await expect(lease.acquire(forever)).rejects.toMatchObject({ facts: { class: "terminal" } });
  });
});
