import type { RunPorts } from "../loop/ports.ts";
import type { Leftovers, SecretStore } from "../ports/kube.ts";
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
  openSecretStore(): SecretStore;
  openLeftovers(values: Values): Leftovers;
  /** A new password: 32 letters and digits from the system's random source. */
  makePassword(): string;
  /** Results for people and pipes; logs go elsewhere. */
  print(text: string): void;
}

/** How a command ended: the exit code and the line that says why, also written as the container's termination message. */
export interface Closing {
  readonly exitCode: number;
  readonly line: string;
}
