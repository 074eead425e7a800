import { toFailure, type Failure } from "../model/failure.ts";
import { changedDatabase, type RunResult } from "../model/outcome.ts";
import type { PassRecord } from "../model/pass.ts";
import type { Topology } from "../model/topology.ts";
import type { Clock } from "../ports/clock.ts";
import type { Events } from "../ports/kube.ts";
import type { Log } from "../ports/log.ts";
import type { WatchHealth } from "../report/health.ts";
import { deedsOf, leftAloneOf, tellingsOf, verdictOf, type Telling } from "../report/pass.ts";
import type { RunPorts } from "./ports.ts";
import { runOnce } from "./reconcile.ts";
import { pauseOrRing, type Rings } from "./rings.ts";
import type { Seen } from "./run.ts";
import { withoutEvents } from "./without-events.ts";
import type { NextPass } from "./watch-loop.ts";

/** What a pass is made with: read afresh each time, since the chart's file may change under a running watcher. */
export interface Prepared {
  readonly topology: Topology;
  readonly ports: RunPorts;
  readonly intervalMs: number;
  readonly limitMs: number;
}

export interface WatcherTools {
  /** @throws Failure for a file that is missing or wrong */
  readonly prepare: () => Prepared;
  readonly events: Events;
  readonly log: Log;
  readonly clock: Clock;
  /** The bell: a pod that changes ends a pass's wait for it. */
  readonly rings: Rings;
  /** Aborts when nothing may be begun any more, */
  readonly stopping: AbortSignal;
  /** and this one when what is still under way is cut. */
  readonly stop: AbortSignal;
}

/** So short a wait holds no hook up, and most of what is waited for (a postgres that starts, a standby that connects) comes within it. */
const waitMs = 2000;
const fruitlessLimit = 2;
const eventMs = 5000;
const intervalUntilKnownMs = 30_000;
const limitUntilKnownMs = 300_000;

/** Passes, and what is remembered between them: only what to report, and whether the last change was proved. */
export class Watcher {
  readonly #tools: WatcherTools;
  readonly #startedMs: number;
  readonly #counts: Record<string, number> = {};
  #last: PassRecord | undefined;
  #verdict = "";
  #owesProof = false;
  #intervalMs = intervalUntilKnownMs;
  #limitMs = limitUntilKnownMs;

  constructor(tools: WatcherTools) {
    this.#tools = tools;
    this.#startedMs = tools.clock.nowMs();
  }

  /** One pass: reads, heals what can be healed, lets the lease go, tells what came of it. Never throws. */
  async pass(): Promise<NextPass> {
    const { clock } = this.#tools;
    const startedMs = clock.nowMs();
    const { result, ...rest } = await this.#run();
    const endedMs = clock.nowMs();
    const record = { result, durationMs: Math.round(endedMs - startedMs), endedMs, ...rest };
    this.#owesProof = result.end !== "converged" && (this.#owesProof || result.done.some(changedDatabase));
    this.#last = record;
    this.#counts[result.end] = (this.#counts[result.end] ?? 0) + 1;
    await this.#tell(record);
    return { when: whenAfter(result), intervalMs: this.#intervalMs };
  }

  health(): WatchHealth {
    return {
      startedMs: this.#startedMs,
      nowMs: this.#tools.clock.nowMs(),
      stuckAfterMs: 3 * this.#intervalMs + this.#limitMs,
      counts: this.#counts,
      ...(this.#last === undefined ? {} : { last: this.#last }),
    };
  }

  async #run(): Promise<Pick<PassRecord, "result" | "topology" | "seen">> {
    let prepared: Prepared;
    try {
      prepared = this.#tools.prepare();
    } catch (error) {
      return { result: unprepared(toFailure(error, "topology")) };
    }
    const { topology, ports, intervalMs, limitMs } = prepared;
    this.#intervalMs = intervalMs;
    this.#limitMs = limitMs;
    let seen: Seen | undefined;
    const { stop, stopping, rings, clock } = this.#tools;
    // What is left alone is said with the pass's own line, once, and not at each pass.
    const log = withoutEvents(ports.log, "left-alone");
    const result = await runOnce(
      topology,
      { ...ports, log },
      {
        limitMs,
        stop,
        stopping,
        waitMs,
        fruitlessLimit,
        pause: (ms, signal) => pauseOrRing(clock, rings, ms, signal),
        owesProof: this.#owesProof,
        onSeen: (reading) => (seen = reading),
      },
    );
    return { result, topology, ...(seen === undefined ? {} : { seen }) };
  }

  /** A pass that did nothing and came to what the one before it came to is not worth a word. */
  async #tell(record: PassRecord): Promise<void> {
    const { result, durationMs, seen } = record;
    // "no answer within 3002 ms" is what it was with 3001.
    const verdict = `${result.end}: ${verdictOf(result)}`.replaceAll(/\d+ ms/g, "some ms");
    const changed = verdict !== this.#verdict;
    this.#verdict = verdict;
    const done = deedsOf(result.done);
    if (changed || done.length > 0) {
      const level = {
        converged: "info",
        waiting: "info",
        deadline: "warn",
        failed: "warn",
        refused: "warn",
      } as const;
      const leftAlone = leftAloneOf(seen?.plan);
      const line = verdictOf(result);
      this.#tools.log.write(level[result.end], {
        event: "pass-ended",
        end: result.end,
        durationMs,
        done,
        line,
        leftAlone,
      });
    }
    for (const telling of tellingsOf(record, changed)) await this.#writeEvent(telling, record);
  }

  async #writeEvent(telling: Telling, { topology, seen }: PassRecord): Promise<void> {
    if (topology === undefined) return;
    const { about, ...note } = telling;
    const named = about?.replace(/^pod /, "");
    const name =
      topology.nodes.find((node) => node.name === named || node.pod === named)?.pod ?? topology.managerPod;
    const uid = seen?.snapshot.pods.get(name)?.uid;
    const signal = AbortSignal.any([this.#tools.stop, AbortSignal.timeout(eventMs)]);
    const pod = { name, ...(uid === undefined ? {} : { uid }) };
    await this.#tools.events.write({ ...note, pod }, signal).catch((error: unknown) => {
      const why = toFailure(error, `Event on ${name}`).message;
      this.#tools.log.write("warn", { event: "event-not-written", reason: note.reason, why });
    });
  }
}

const unprepared = (failure: Failure): RunResult => ({
  end: failure.facts.class === "terminal" ? "refused" : "failed",
  done: [],
  failure,
});

/** A refusal waits for somebody: trying again sooner helps nobody, but a pod that changes may. */
function whenAfter({ end }: RunResult): NextPass["when"] {
  if (end === "converged" || end === "refused") return "steady";
  return end === "waiting" ? "soon" : "failed";
}
