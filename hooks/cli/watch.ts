import { Failure } from "../model/failure.ts";
import { Rings } from "../loop/rings.ts";
import { watchLoop } from "../loop/watch-loop.ts";
import { Watcher } from "../loop/watcher.ts";
import { answerHealth } from "../report/health.ts";
import { loadValues } from "./load-values.ts";
import type { Closing, Runtime } from "./runtime.ts";

/** What an action under way is given to come to its end, once the process was told to stop; a pod's grace period has to be longer. */
const lastActionMs = 10_000;

/** Aborts `ms` after `first` does. */
function later(first: AbortSignal, ms: number): AbortSignal {
  const over = new AbortController();
  const wait = (): void => {
    const reason = new Failure({
      class: "unknown-outcome",
      code: "stopped",
      what: "cut short: told to stop",
      object: "program",
    });
    setTimeout(() => over.abort(reason), ms).unref();
  };
  if (first.aborted) wait();
  else first.addEventListener("abort", wait, { once: true });
  return over.signal;
}

/** Heals the cluster whenever its pods change, and looks for itself at an interval, until it is told to stop. It promotes nobody. */
export async function runWatch(
  runtime: Runtime,
  options: { topology: string; port: number },
): Promise<Closing> {
  const stopping = runtime.stop;
  const stop = later(stopping, lastActionMs);
  const { values } = loadValues(runtime, options.topology);
  const { bell, events, log, clock } = runtime.openWatchPorts(values);
  const prepare = (): ReturnType<ConstructorParameters<typeof Watcher>[0]["prepare"]> => {
    const { values: now, topology } = loadValues(runtime, options.topology);
    const intervalMs = now.watcher.intervalSeconds * 1000;
    const limitMs = now.deadlines.reconcileSeconds * 1000;
    return { topology, ports: runtime.openPorts(now, { quiet: true }), intervalMs, limitMs };
  };
  const rings = new Rings();
  const watcher = new Watcher({ prepare, events, log, clock, rings, stopping, stop });
  await using server = await runtime.serve(options.port, (path) => answerHealth(path, watcher.health()));
  const intervalMs = values.watcher.intervalSeconds * 1000;
  log.write("info", { event: "watching", version: runtime.version, intervalMs, port: server.port });
  void bell.listen(() => rings.ring(), stopping);
  await watchLoop(() => watcher.pass(), rings, clock, stopping);
  return { exitCode: 0, line: "watch: told to stop; what was under way has ended, the lease is free" };
}
