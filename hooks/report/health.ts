import type { PassRecord } from "../model/pass.ts";
import { type PassCounts, renderMetrics } from "./metrics.ts";

/** What the health endpoint knows. */
export interface WatchHealth {
  readonly startedMs: number;
  readonly nowMs: number;
  /** After so long without the end of a pass the watcher is taken for stuck. */
  readonly stuckAfterMs: number;
  readonly counts: PassCounts;
  readonly last?: PassRecord;
}

/** The same shape as the port's; this room sees no ports. */
type Answer = { readonly status: 200 | 404 | 503; readonly type: string; readonly body: string };

const plain = (status: Answer["status"], body: string): Answer => ({
  status,
  type: "text/plain; charset=utf-8",
  body: `${body}\n`,
});

/** /healthz: passes come to an end; /readyz: one has; /metrics. A pass's verdict makes nobody unhealthy: restarting the watcher would not heal the cluster. */
export function answerHealth(path: string, health: WatchHealth): Answer {
  const sinceMs = health.nowMs - (health.last?.endedMs ?? health.startedMs);
  const since = `${(sinceMs / 1000).toFixed(0)} s ago`;
  switch (path) {
    case "/healthz":
      return sinceMs <= health.stuckAfterMs
        ? plain(200, "ok")
        : plain(503, `no pass has ended for ${(sinceMs / 1000).toFixed(0)} s`);
    case "/readyz":
      return health.last === undefined
        ? plain(503, "the first pass has not ended yet")
        : plain(200, `last pass ended ${since}: ${health.last.result.end}`);
    case "/metrics":
      return {
        status: 200,
        type: "text/plain; version=0.0.4; charset=utf-8",
        body: renderMetrics(health.counts, health.last),
      };
    default:
      return plain(404, "there are /healthz, /readyz and /metrics");
  }
}
