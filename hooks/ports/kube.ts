import type { PodState } from "../model/action.ts";
import type { Drained, Moving } from "../model/rebalance.ts";
import type { PodFact } from "../model/snapshot.ts";

/** What the program needs of Kubernetes. Every call is bounded by the adapter's own request time-out and by `signal`. */
export interface Kube {
  /** All pods of the release, mgr's too. */
  listPods(signal: AbortSignal): Promise<readonly PodFact[]>;
  /**
   * Sets the label antdb.io/state, or takes it off when `state` is undefined. Refused when the name belongs to another pod (uid) by now; a pod that is gone
   * has no label to take off.
   */
  labelPod(
    pod: { readonly name: string; readonly uid: string },
    state: PodState | undefined,
    signal: AbortSignal,
  ): Promise<void>;
}

/** Tells that pods of the release may have changed, and not what: whoever hears it reads everything. */
export interface Bell {
  /** Rings until `signal` aborts, and once after each time it may have missed something. Never throws: trouble is logged and tried again. */
  listen(ring: () => void, signal: AbortSignal): Promise<void>;
}

/** Something for `kubectl get events`: on the pod it is about. */
export interface EventNote {
  readonly type: "Normal" | "Warning";
  readonly reason: "Healed" | "Refused" | "Failed";
  /** At most 1 KiB, which is what the API takes. */
  readonly message: string;
  readonly pod: { readonly name: string; readonly uid?: string };
}
export interface Events {
  write(note: EventNote, signal: AbortSignal): Promise<void>;
}

/** The watcher's own Deployment, as teardown needs it: what is stopped must not be started again. */
export interface WatcherSwitch {
  /** Scales it to 0; one that does not exist is no failure. */
  turnOff(signal: AbortSignal): Promise<void>;
  /** True while a pod of it is there. */
  isUp(signal: AbortSignal): Promise<boolean>;
}

/** The Job whose pod this process runs in. */
export interface OwnJob {
  /**
   * Milliseconds since the Job began, earlier tries and the wait for this pod included; 0 where there is no Job (a command run by hand) or nobody can tell.
   * Never throws.
   */
  ageMs(signal: AbortSignal): Promise<number>;
}

/** The one writer's token (a Lease). */
export interface WriterLease {
  /**
   * Resolves when held; waits while somebody else holds it and renews it meanwhile by itself. `signal` gives up waiting.
   * The returned `lost` signal aborts when a renewal was refused or came too late: stop writing at once.
   */
  acquire(signal: AbortSignal): Promise<{ readonly lost: AbortSignal; release(): Promise<void> }>;
}

/** The note about nodes that a guard took out for an upgrade on its way: whoever else reconciles leaves them out meanwhile. */
export interface Hold {
  /** Names still held; empty when there is no note, or its time is over. */
  read(signal: AbortSignal): Promise<readonly string[]>;
  /** Replaces the note: these nodes stay out for `forMs` from now. None: there is no note any more. */
  write(nodes: readonly string[], forMs: number, signal: AbortSignal): Promise<void>;
}

/** The token of the one who moves tables, while it is held. */
export interface MoverToken {
  /** Aborts when it was taken by somebody else: stop moving at once. */
  readonly lost: AbortSignal;
  /** Aborts when somebody asked its holder to stop. */
  readonly stop: AbortSignal;
  release(): Promise<void>;
}

/**
 * One at a time moves tables (a Lease of its own beside the writer's: a move takes hours, and healing goes on meanwhile). What it is told by others
 * stands on the same Lease, so that nobody needs a right to any other object.
 */
export interface Mover {
  /** Takes the token, or tells who has it; that a holder was killed shows within the lease's duration. `patient`: waits until it is free. */
  take(
    doing: string,
    options: { readonly signal: AbortSignal; readonly patient?: boolean },
  ): Promise<{ readonly token: MoverToken } | { readonly held: Moving }>;
  /** Asks the holder to stop, and tells who that is; undefined when nobody holds it. */
  askToStop(signal: AbortSignal): Promise<Moving | undefined>;
  /** Datanodes that a drain emptied, or is emptying: nothing is moved onto them. */
  readDrained(signal: AbortSignal): Promise<readonly Drained[]>;
  /** Replaces that list. */
  noteDrained(drained: readonly Drained[], signal: AbortSignal): Promise<void>;
}

/** A StatefulSet of the release. */
export interface PodSet {
  readonly name: string;
  readonly replicas: number;
}
/** What the release runs now, which an upgrade is about to change. */
export interface PodSets {
  list(signal: AbortSignal): Promise<readonly PodSet[]>;
}

/** The credentials Secret, made once; what is in it is never overwritten. */
export interface SecretStore {
  /** The names of its entries that hold anything; undefined when there is no such Secret. */
  readKeys(name: string, signal: AbortSignal): Promise<readonly string[] | undefined>;
  /** Adds an entry that was seen to be missing; fails with class `retry` when the Secret was changed meanwhile. */
  addKey(name: string, key: string, value: string, signal: AbortSignal): Promise<void>;
  /** True when made now, false when it was there already (it is then left as it is). */
  createIfAbsent(name: string, data: Readonly<Record<string, string>>, signal: AbortSignal): Promise<boolean>;
  deleteSecret(name: string, signal: AbortSignal): Promise<void>;
}

/** What no release owns and helm leaves behind on uninstall: the Jobs of hooks, the pod of the last test, and the writer's Lease. */
export interface Leftovers {
  /** Deletes the pod of `helm test` and the Jobs of other hooks: one that failed, or one that still runs after helm gave up waiting and would hold the lease. */
  endJobs(signal: AbortSignal): Promise<void>;
  deleteLeases(signal: AbortSignal): Promise<void>;
}
