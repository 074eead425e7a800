import type { Clock } from "../../../hooks/ports/clock.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** Where a run is killed: before the n-th change it asks for (it is never asked for) or after it (it is done, and the run never hears of it). */
export interface Kill {
  readonly change: number;
  readonly when: "before" | "after";
}

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
  readonly #kill: Kill | undefined;
  readonly #clock: VirtualClock;

  constructor(name: string, clock: VirtualClock, kill?: Kill) {
    this.name = name;
    this.#clock = clock;
    this.#kill = kill;
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

  /** Something that changes the outside world. */
  async changesWorld<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (!this.alive) return never();
    this.changes.push(what);
    const mine = this.#kill?.change === this.changes.length ? this.#kill.when : undefined;
    if (mine === "before") {
      this.die();
      return never();
    }
    return this.reads(async () => {
      const result = await work();
      if (mine === "after") this.die();
      return result;
    });
  }

  /** The clock as this process has it. */
  get clock(): Clock {
    return {
      nowMs: () => this.#clock.nowMs(),
      sleep: (ms, signal) => this.reads(() => this.#clock.sleep(ms, signal)),
    };
  }
}
