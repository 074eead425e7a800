import { teardown } from "../loop/teardown.ts";
import { toFailure } from "../model/failure.ts";
import type { Values } from "../values/schema.ts";
import { loadValues } from "./load-values.ts";
import type { Closing, Runtime } from "./runtime.ts";

/** The program's own Secret goes with the volumes: kept with kept data, or a reinstall could not log in; deleted with deleted data. */
async function deleteCredentials(runtime: Runtime, values: Values): Promise<string> {
  if (!values.credentials.managed || values.retention.whenDeleted !== "Delete") return "";
  try {
    await runtime.openSecretStore().deleteSecret(values.credentials.secret, runtime.stop);
    return `; Secret ${values.credentials.secret} deleted with the volumes`;
  } catch (error) {
    return `; Secret ${values.credentials.secret} is still there: ${toFailure(error, "secret").message}`;
  }
}

/** Best effort, like all of a teardown: what could not be done is said, and nothing stops for it. */
async function attempt(deed: Promise<void>): Promise<string> {
  try {
    await deed;
    return "";
  } catch (error) {
    return `; not removed: ${toFailure(error, "leftovers").message}`;
  }
}

/** Stops the cluster cleanly before its pods go. Best effort: exit code 0 with a warning whatever is in the way, so that an uninstall never hangs. */
export async function runTeardown(runtime: Runtime, options: { topology: string }): Promise<Closing> {
  try {
    const { values, topology } = loadValues(runtime, options.topology);
    const ports = runtime.openPorts(values, { quiet: false });
    const deadlineMs = values.deadlines.teardownSeconds * 1000;
    ports.log.write("info", {
      event: "run-started",
      command: "teardown",
      version: runtime.version,
      deadlineMs,
    });
    const leftovers = runtime.openLeftovers(values);
    const jobs = await attempt(leftovers.endJobs(runtime.stop));
    const { stopped, warning } = await teardown(
      topology,
      { ...ports, ...(values.watcher.enabled ? { watcher: runtime.openWatcherSwitch(values) } : {}) },
      deadlineMs,
      runtime.stop,
    );
    const secret = await deleteCredentials(runtime, values);
    const rest = secret + jobs + (await attempt(leftovers.deleteLeases(runtime.stop)));
    if (warning !== undefined)
      return {
        exitCode: 0,
        line: `teardown: warning: ${warning.message}; each pod stops its own postgres when it ends${rest}`,
      };
    const verdict = stopped ? "every node stopped cleanly" : "nothing was initialised, nothing to stop";
    return { exitCode: 0, line: `teardown: ${verdict}${rest}` };
  } catch (error) {
    return {
      exitCode: 0,
      line: `teardown: warning: ${toFailure(error, "release").message}; nothing was stopped`,
    };
  }
}
