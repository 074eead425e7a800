import type { Failure } from "./failure.ts";

/** What a knock at a node's port got. Any word of a running postgres is an answer, a refused login too. */
export type Knock = "answers" | "starting" | "refused" | "silent";

/** A node that is not as it has to be, in words for people. */
export interface Culprit {
  /** `dn_1`, or `manager`. */
  readonly node: string;
  readonly pod: string;
  readonly reason: string;
}

/** What the application's role met on its way through a release. */
export interface Trial {
  /** The client Service, as in `antdb-rw`. */
  readonly service: string;
  /** Rows by the node that holds them, as the engine counts them. */
  readonly rowsPerNode: ReadonlyMap<string, number>;
  /** Coordinators through which all of these rows were read. */
  readonly readers: readonly string[];
  /** The first thing that went wrong for the client. */
  readonly failure?: Failure;
  /** Nodes that are to blame, or that are not well although clients are served. */
  readonly culprits: readonly Culprit[];
}
