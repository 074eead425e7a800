import type { Clock } from "../../../hooks/ports/clock.ts";
import { Failure } from "../../../hooks/model/failure.ts";
import type { Bounds } from "../../../hooks/ports/manager.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** Where a run is killed: before the n-th change it asks for (it is never asked for) or after it (it is done, and the run never hears of it). */
export interface Kill {
  readonly change: number;
  readonly when: "before" | "after";
}

/** What happens in the midst of the n-th APPEND it asks for, so long after it was asked for: that it is killed, or something else that it outlives. */
export interface Amid {
  readonly append: number;
  readonly afterMs: number;
  readonly event?: () => void;
}

/** What becomes of the n-th change it asks for, while the process itself lives on. */
export interface Cut {
  readonly change: number;
  readonly how: CutKind;
}

/**
 * - `reset before it arrives`: nothing is done, and the caller hears that the connection is cut;
 * - `reset in the middle`: it is done all the same;
 * - `half open`: it is done, and no answer ever comes, so that the caller's own patience ends it;
 * - `answered after the deadline`: who carries it out is deaf to its time limit, and done with it after the caller has given up.
 */
export const cutKinds = [
  "reset before it arrives",
  "reset in the middle",
  "half open",
  "answered after the deadline",
] as const;
export type CutKind = (typeof cutKinds)[number];

/** How long after the caller has given up a late one is done. */
export const lateMs = 8000;
/** What a caller waits beyond the time it has given the server. */
const graceMs = 3000;

const cutOff = (code: string, what: string): Failure =>
  new Failure({ class: "unknown-outcome", code, what, object: "connection" });

/**
 * One run of the program as the outside world sees it. When it is killed nothing more comes from it, and it hears nothing more; what it had asked for
 * goes on without it.
 */
export class Process {
  readonly name: string;
  /** The changes it asked for, in order. */
  readonly changes: string[] = [];
  readonly killed: Promise<"killed">;
  #state: "alive" | "dead" = "alive";
  #tellKilled: () => void = () => undefined;
  readonly #trouble: Kill | Amid | Cut | undefined;
  readonly #clock: VirtualClock;

  constructor(name: string, clock: VirtualClock, trouble?: Kill | Amid | Cut) {
    this.name = name;
    this.#clock = clock;
    this.#trouble = trouble;
    this.killed = new Promise((resolve) => {
      this.#tellKilled = () => resolve("killed");
    });
  }

  get alive(): boolean {
    return this.#state === "alive";
  }

  die(): void {
    this.#state = "dead";
    this.#tellKilled();
  }

  /** Something it asks of the outside world. */
  reads<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve) => {
      if (!this.alive) return;
      const ended = work();
      // A dead process hears neither the end nor the failure.
      void ended
        .catch(() => undefined)
        .then(() => {
          if (this.alive) resolve(ended);
        });
    });
  }

  /**
   * Something that changes the outside world.
   * @param bounds how long the caller waits for it
   */
  async changesWorld<T>(
    what: string,
    bounds: Pick<Bounds, "timeoutMs" | "signal">,
    work: (how?: CutKind) => Promise<T>,
  ): Promise<T> {
    if (!this.alive) return never();
    this.changes.push(what);
    const trouble = this.#trouble;
    if (trouble !== undefined && "append" in trouble) return this.reads(() => this.#amid(trouble, work));
    const mine = trouble?.change === this.changes.length ? trouble : undefined;
    if (mine !== undefined && "how" in mine) return this.reads(() => this.#cut(mine.how, bounds, work));
    if (mine?.when === "before") {
      this.die();
      return never();
    }
    return this.reads(async () => {
      const result = await work();
      if (mine?.when === "after") this.die();
      return result;
    });
  }

  #amid<T>({ append, afterMs, event }: Amid, work: () => Promise<T>): Promise<T> {
    const appends = this.changes.filter((what) => what.startsWith("APPEND"));
    if (appends.length === append && this.changes.at(-1) === appends.at(-1))
      this.#clock.after(afterMs, event ?? (() => this.die()));
    return work();
  }

  async #cut<T>(
    how: CutKind,
    bounds: Pick<Bounds, "timeoutMs" | "signal">,
    work: (how: CutKind) => Promise<T>,
  ): Promise<T> {
    const reset = cutOff("connection-cut", "the connection was cut");
    if (how === "reset before it arrives") throw reset;
    work(how).catch(() => undefined);
    if (how === "reset in the middle") throw reset;
    await this.#clock.sleep(bounds.timeoutMs + graceMs, bounds.signal).catch(() => undefined);
    throw cutOff("connection-cut", "no answer in time");
  }

  /** The clock as this process has it. */
  get clock(): Clock {
    return {
      nowMs: () => this.#clock.nowMs(),
      sleep: (ms, signal) => this.reads(() => this.#clock.sleep(ms, signal)),
    };
  }
}
