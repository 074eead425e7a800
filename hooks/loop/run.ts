import type { Deadline } from "../kit/deadline.ts";
import type { Plan } from "../model/action.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Topology } from "../model/topology.ts";
import type { RunPorts } from "./ports.ts";

/** What a reading found and what was decided on it. */
export interface Seen {
  readonly snapshot: Snapshot;
  readonly plan: Plan;
}

/** How a run differs from a Job's, which waits until its deadline and ends at once when it is told to stop. */
export interface RunManner {
  /** Passes in a row that only failed before the run gives up and leaves the rest to the next one. */
  readonly fruitlessLimit?: number;
  /** How long there may be nothing to do but wait, before the run ends as `waiting` and lets others have the lease. */
  readonly waitMs?: number;
  /** How it waits between two readings; a plain sleep where nothing is said. Aborted, it just returns. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Aborts before the deadline's signal does: nothing is begun any more, what is under way may end. */
  readonly stopping?: AbortSignal;
  /** A run before this one changed the database and did not come to prove it. */
  readonly owesProof?: boolean;
  /** What decides what to do; everything, when nothing else is said. */
  readonly planner?: (topology: Topology, snapshot: Snapshot) => Plan;
  /** Called once the writer's lease is held, before anything is read. */
  readonly onHeld?: () => Promise<undefined>;
  /** Its own work is proved by the run that comes after it. */
  readonly withoutProof?: boolean;
  /** Told of every reading. */
  readonly onSeen?: (seen: Seen) => void;
}

/** A run under way. */
export interface Run {
  readonly topology: Topology;
  readonly ports: RunPorts;
  readonly deadline: Deadline;
  readonly manner: RunManner;
  /** Aborts when nothing may be begun any more. */
  readonly stopping: AbortSignal;
  readonly done: Outcome[];
  /** Standbys that did not start when it was last tried: what heals the others goes first once. */
  readonly stubborn: Set<string>;
  /** How often in a row addresses could not be put right gently, and whether the manager's own way was tried. */
  readonly gentle: { refusals: number; givenUp: boolean };
}
