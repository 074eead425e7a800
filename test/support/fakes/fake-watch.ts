import type { RunManner } from "../../../hooks/loop/run.ts";
import { Rings } from "../../../hooks/loop/rings.ts";
import { watchLoop } from "../../../hooks/loop/watch-loop.ts";
import { Watcher } from "../../../hooks/loop/watcher.ts";
import type { Topology } from "../../../hooks/model/topology.ts";
import type { EventNote } from "../../../hooks/ports/kube.ts";
import { makeFakeLog, type CollectedLog } from "./fake-log.ts";
import { startProcess, type Started } from "./runs.ts";
import type { World } from "./world.ts";

/** A watcher at work in a world, until it is told to stop. */
export interface Watching {
  readonly watcher: Watcher;
  readonly log: CollectedLog;
  readonly notes: readonly EventNote[];
  readonly started: Started;
  ring(): void;
  /** When each pass began, by the world's clock. */
  readonly passesMs: readonly number[];
  /** Tells it to stop; `hard` cuts what is under way as well. Resolves when it has ended. */
  stop(hard?: boolean): Promise<void>;
}

export interface WatchOptions {
  readonly intervalMs?: number;
  /** Read for every pass, as the file is. */
  readonly topology: () => Topology;
  readonly failEvents?: boolean;
}

export function startWatch(world: World, options: WatchOptions): Watching {
  const { clock } = world;
  const started = startProcess(world);
  const log = makeFakeLog();
  const notes: EventNote[] = [];
  const passesMs: number[] = [];
  const stopping = new AbortController();
  const stop = new AbortController();
  const write = (note: EventNote): Promise<void> => {
    if (options.failEvents === true) return Promise.reject(new Error("events are forbidden"));
    notes.push(note);
    return Promise.resolve();
  };
  const prepare = () => ({
    topology: options.topology(),
    ports: started.ports,
    intervalMs: options.intervalMs ?? 30_000,
    limitMs: 270_000,
  });
  const signals: Required<Pick<RunManner, "stopping">> & { stop: AbortSignal } = {
    stopping: stopping.signal,
    stop: stop.signal,
  };
  const rings = new Rings();
  const watcher = new Watcher({ prepare, events: { write }, log, clock, rings, ...signals });
  const pass = (): ReturnType<Watcher["pass"]> => {
    passesMs.push(clock.nowMs());
    return watcher.pass();
  };
  const ended = watchLoop(pass, rings, clock, stopping.signal);
  return {
    watcher,
    log,
    notes,
    started,
    passesMs,
    ring: () => rings.ring(),
    stop: (hard = false) => {
      stopping.abort(new Error("told to stop"));
      if (hard) stop.abort(new Error("cut short"));
      return ended;
    },
  };
}
