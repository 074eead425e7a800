import { teardown } from "../loop/teardown.ts";
import { toFailure } from "../model/failure.ts";
import type { Values } from "../values/schema.ts";
import { timeInJob } from "./job-time.ts";
import { loadValues } from "./load-values.ts";
import type { Closing, Runtime } from "./runtime.ts";

/**
 * The chart's own Secrets go with the volumes: kept with kept data, or a reinstall could not log in, nor rebuild a lost catalog; deleted with deleted data. A Secret of
 * the user's is left alone.
 */
async function deleteSecrets(runtime: Runtime, values: Values): Promise<string> {
  if (values.retention.whenDeleted !== "Delete") return "";
  const { credentials, catalog } = values;
  const names = [...(credentials.managed ? [credentials.secret] : []), catalog.secret];
  const said = await Promise.all(names.map((name) => deleteSecret(runtime, name)));
  return said.join("");
}

async function deleteSecret(runtime: Runtime, name: string): Promise<string> {
  try {
    await runtime.openSecretStore().deleteSecret(name, runtime.stop);
    return `; Secret ${name} deleted with the volumes`;
  } catch (error) {
    return `; Secret ${name} is still there: ${toFailure(error, "secret").message}`;
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

/** A warning, or with `strict` a failure that keeps helm from going on. */
const unclean = (strict: boolean, what: string, rest: string): Closing =>
  strict
    ? {
        exitCode: 1,
        line: `teardown: failed: ${what}; the uninstall ends here (jobs.teardown.strict). Next: put it right and uninstall again, or go without: helm uninstall --no-hooks`,
      }
    : { exitCode: 0, line: `teardown: warning: ${what}; ${rest}` };

/**
 * Stops the cluster cleanly before its pods go. Best effort: exit code 0 with a warning whatever is in the way, so that an uninstall never hangs; unless `strict` asks
 * for an uninstall that fails then.
 */
export async function runTeardown(
  runtime: Runtime,
  options: { topology: string; strict: boolean },
): Promise<Closing> {
  try {
    const { values, topology } = loadValues(runtime, options.topology);
    const ports = runtime.openPorts(values, { quiet: false });
    const key = "jobs.teardown.activeDeadlineSeconds";
    const time = await timeInJob(runtime, values, values.deadlines.teardownSeconds, key);
    const deadlineMs = time.limitMs;
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
    if (warning !== undefined && options.strict) return unclean(true, warning.message, "");
    const secrets = await deleteSecrets(runtime, values);
    const rest = secrets + jobs + (await attempt(leftovers.deleteLeases(runtime.stop)));
    if (warning !== undefined)
      return unclean(false, warning.message, `each pod stops its own postgres when it ends${rest}`);
    const verdict = stopped ? "every node stopped cleanly" : "nothing was initialised, nothing to stop";
    return { exitCode: 0, line: `teardown: ${verdict}${rest}` };
  } catch (error) {
    return unclean(options.strict, toFailure(error, "release").message, "nothing was stopped");
  }
}
