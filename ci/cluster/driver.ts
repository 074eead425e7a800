// What every way to have a cluster can do. The three ways are in context/, kind/ and native/.
import type { ClusterRecord } from "./record.ts";

export type HostAction = "stop" | "start" | "cut" | "join" | "freeze" | "thaw";
export const hostActions: readonly HostAction[] = ["stop", "start", "cut", "join", "freeze", "thaw"];

/** One host as a person sees it. `state` is what its machinery says, `node` what Kubernetes says. */
export interface HostStatus {
  readonly host: string;
  readonly state: string;
  readonly node: string;
  readonly address: string;
}

/** Says one line about what is being done. */
export type Progress = (line: string) => void;

/** Every method throws ClusterFailure, one line with the remedy, when it cannot do its work. */
export interface Driver {
  /** Starts what is missing; returns the record to keep. */
  up(wanted: ClusterRecord, progress: Progress): Promise<ClusterRecord>;
  /** Ends what `up` started. */
  down(progress: Progress): Promise<void>;
  status(): Promise<HostStatus[]>;
  /** Gives OCI archives to every running host that does not have them. */
  load(files: readonly string[], progress: Progress): Promise<void>;
  host(action: HostAction, host: string): Promise<void>;
  /** Runs a command inside a host, with this process's input and output; returns its exit code. */
  exec(host: string, command: readonly string[]): Promise<number>;
}
