import { describe, expect, it } from "vitest";
import { deadlineIn, DeadlineReached } from "../../../hooks/kit/deadline.ts";
import { VirtualClock } from "../../support/fakes/virtual-clock.ts";

const neverStop = new AbortController().signal;

describe("deadlineIn", () => {
  it("aborts when its time is up, with a reason that tells how long that was", async () => {
    const clock = new VirtualClock();
    using deadline = deadlineIn(270_000, clock, neverStop);
    await clock.sleep(269_999);
    expect(deadline.signal.aborted).toBe(false);
    expect(deadline.remainingMs()).toBe(1);
    await clock.sleep(2);
    expect(deadline.signal.reason).toBeInstanceOf(DeadlineReached);
    expect((deadline.signal.reason as Error).message).toBe("deadline of 270 s reached");
    expect(deadline.remainingMs()).toBe(0);
  });

  it("aborts with the caller's reason when the caller stops first", () => {
    const stop = new AbortController();
    using deadline = deadlineIn(1000, new VirtualClock(), stop.signal);
    const reason = new Error("SIGTERM");
    stop.abort(reason);
    expect(deadline.signal.reason).toBe(reason);
  });

  it("is over from the start when the caller has stopped already", () => {
    using deadline = deadlineIn(1000, new VirtualClock(), AbortSignal.abort(new Error("SIGTERM")));
    expect(deadline.signal.aborted).toBe(true);
  });

  it("says nothing any more once it is disposed of", async () => {
    const clock = new VirtualClock();
    const deadline = deadlineIn(1000, clock, neverStop);
    deadline[Symbol.dispose]();
    await clock.sleep(2000);
    expect(deadline.signal.aborted).toBe(false);
  });
});
