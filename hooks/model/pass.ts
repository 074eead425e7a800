import type { Plan } from "./action.ts";
import type { RunResult } from "./outcome.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Topology } from "./topology.ts";

/** One pass of the watcher that has ended. */
export interface PassRecord {
  readonly result: RunResult;
  readonly durationMs: number;
  /** When it ended, on the process's own clock. */
  readonly endedMs: number;
  /** Absent when the topology file could not be read. */
  readonly topology?: Topology;
  /** Its last reading, if it came to one. */
  readonly seen?: { readonly snapshot: Snapshot; readonly plan: Plan };
}
