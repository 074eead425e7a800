import { expect } from "vitest";
import { runCommand } from "../../../hooks/cli/commands.ts";
import type { Closing, Runtime } from "../../../hooks/cli/runtime.ts";
import { Failure, isFailure } from "../../../hooks/model/failure.ts";
import { topologyFile, topologyOf } from "../builders/topology.ts";
import { makeFakePodSets } from "./fake-kube.ts";
import { startProcess } from "./runs.ts";
import { World } from "./world.ts";

/** The program's commands on a world in memory. */
export interface Stage {
  readonly world: World;
  readonly printed: string[];
  readonly secrets: Map<string, Readonly<Record<string, string>>>;
  /** Who listens for pods that change, until their signal aborts. */
  readonly listeners: readonly AbortSignal[];
  readonly runtime: Runtime;
}

/** Everything of the outside world, as a command sees it. @param jobAgeMs of the Job whose pod it runs in */
export function stage(file: string = JSON.stringify(topologyFile()), jobAgeMs = 0): Stage {
  const world = new World(topologyOf());
  const printed: string[] = [];
  const secrets = new Map<string, Readonly<Record<string, string>>>();
  const listeners: AbortSignal[] = [];
  const runtime = {
    version: "1.2.3",
    stop: new AbortController().signal,
    readTextFile: (path: string) => {
      if (path === "/etc/antdb/topology.json") return file;
      throw new Failure({ class: "terminal", code: "no-file", what: "can't be read", object: path });
    },
    openPorts: () => startProcess(world).ports,
    openSecretStore: () => ({
      createIfAbsent: (name: string, data: Readonly<Record<string, string>>) => {
        if (secrets.has(name)) return Promise.resolve(false);
        secrets.set(name, data);
        return Promise.resolve(true);
      },
      readKeys: (name: string) => {
        const found = secrets.get(name);
        return Promise.resolve(found && Object.keys(found));
      },
      addKey: (name: string, key: string, value: string) => {
        secrets.set(name, { ...secrets.get(name), [key]: value });
        return Promise.resolve();
      },
      deleteSecret: (name: string) => {
        secrets.delete(name);
        return Promise.resolve();
      },
    }),
    openPodSets: () => makeFakePodSets(world),
    openOwnJob: () => ({ ageMs: () => Promise.resolve(jobAgeMs) }),
    openWatchPorts: () => ({
      bell: {
        listen: (_ring: () => void, signal: AbortSignal) => {
          listeners.push(signal);
          return Promise.resolve();
        },
      },
    }),
    makePassword: () => "p".repeat(32),
    print: (text: string) => void printed.push(text),
  } as unknown as Runtime;
  return { world, printed, secrets, listeners, runtime };
}

export const run = (on: Stage, ...args: string[]): Promise<Closing> => runCommand(on.runtime, args);

/** Why these arguments are not taken. */
export async function refusal(...args: string[]): Promise<string> {
  try {
    await run(stage(), ...args);
  } catch (error) {
    if (!isFailure(error)) throw error;
    expect(error.facts).toMatchObject({ class: "terminal", code: "bad-arguments", object: "command line" });
    expect(error.facts.remedy).toContain("antdb --help");
    return error.facts.what;
  }
  throw new Error("it was taken");
}
