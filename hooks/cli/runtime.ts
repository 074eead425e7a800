import type { RunPorts } from "../loop/ports.ts";
import type { TrialPorts } from "../loop/trial.ts";
import type { Clock } from "../ports/clock.ts";
import type { Respond } from "../ports/http.ts";
import type { Bell, Events, Leftovers, OwnJob, PodSets, SecretStore, WatcherSwitch } from "../ports/kube.ts";
import type { Log } from "../ports/log.ts";
import type { Values } from "../values/schema.ts";

/** What main.ts hands to the commands: the only way to the outside world. */
export interface Runtime {
  readonly version: string;
  /** Aborts when the process is told to stop. */
  readonly stop: AbortSignal;
  /** @throws Failure that names the path */
  readTextFile(path: string): string;
  /** Adapters for this release, made when a command needs them. `quiet`: only warnings are logged, for commands whose output is their result. */
  openPorts(values: Values, options: { quiet: boolean }): RunPorts;
  /** For `test`: the client's credentials only, the program's own are not needed. */
  openTrialPorts(values: Values): TrialPorts;
  openSecretStore(): SecretStore;
  openPodSets(values: Values): PodSets;
  openOwnJob(values: Values): OwnJob;
  openWatchPorts(values: Values): WatchPorts;
  openWatcherSwitch(values: Values): WatcherSwitch;
  /** Answers GET requests on this port (0: any free one) until it is disposed of. @throws Failure when the port is taken */
  serve(port: number, respond: Respond): Promise<AsyncDisposable & { readonly port: number }>;
  openLeftovers(values: Values): Leftovers;
  /** A new password: 32 letters and digits from the system's random source. */
  makePassword(): string;
  /** Results for people and pipes; logs go elsewhere. */
  print(text: string): void;
}

/** What the watcher has beyond what a run has. */
export interface WatchPorts {
  readonly bell: Bell;
  readonly events: Events;
  readonly log: Log;
  readonly clock: Clock;
}

/** How a command ended: the exit code and the line that says why, also written as the container's termination message. */
export interface Closing {
  readonly exitCode: number;
  readonly line: string;
}
