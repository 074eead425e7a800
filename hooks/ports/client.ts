import type { Knock } from "../model/trial.ts";
import type { Bounds } from "./manager.ts";

/** Where a client connects to; `name` is for messages: `Service antdb-rw`, `cn_1`. */
export interface Endpoint {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** A release as its clients have it: the application's role, its password, its database, and no more rights than that. */
export interface ClientDoor {
  /** @throws Failure: of class `wait` when nobody answers (yet) */
  open(at: Endpoint, bounds: Bounds): Promise<ClientSession>;
  /** Logs in with a password that nobody has. @throws Failure unless it is refused for that reason (SQLSTATE 28P01). */
  tryWrongPassword(at: Endpoint, bounds: Bounds): Promise<void>;
  /** Whether a postgres is there; never throws. */
  knock(at: Endpoint, bounds: Bounds): Promise<Knock>;
}

/** One session of the application's role. The table is in a schema of its own, nothing of the user's is touched. */
export interface ClientSession extends AsyncDisposable {
  /** Removes the table and its schema if they are there, such as after a test that was killed. @throws Failure when the schema holds anything else */
  dropTable(bounds: Bounds): Promise<void>;
  /** Makes the table, spread over all datanodes, and puts the numbers 1 to `count` into it. */
  fillTable(count: number, bounds: Bounds): Promise<void>;
  /** Rows by the name of the node that holds them. */
  rowsPerNode(bounds: Bounds): Promise<ReadonlyMap<string, number>>;
  /** Whether the table holds exactly the numbers 1 to `count`. */
  holds(count: number, bounds: Bounds): Promise<boolean>;
}
