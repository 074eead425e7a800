import yargs, { type Argv } from "yargs";
import { Failure } from "../model/failure.ts";
import { credentialsGiven, credentialsOptions, guardOptions } from "./credentials-options.ts";
import { runCredentials } from "./credentials.ts";
import { runDrain } from "./drain.ts";
import { runGuard } from "./guard.ts";
import { runPlan } from "./plan.ts";
import { runRebalance } from "./rebalance.ts";
import { runReconcile } from "./reconcile.ts";
import type { Closing, Runtime } from "./runtime.ts";
import { runStatus } from "./status.ts";
import { runTeardown } from "./teardown.ts";
import { runTest } from "./test.ts";
import { runWatch } from "./watch.ts";

const topologyOption = {
  topology: {
    type: "string",
    default: "/etc/antdb/topology.json",
    describe: "what the chart rendered: the cluster the values ask for",
  },
} as const;

const outputOption = {
  output: {
    alias: "o",
    choices: ["text", "json"] as const,
    default: "text" as const,
    describe: "for people or for programs",
  },
} as const;

/** Of values that are not applied yet as well: helm upgrade … --dry-run | antdb plan -f - */
const planOptions = {
  topology: {
    ...topologyOption.topology,
    alias: "f",
    describe:
      "what the chart rendered, or all that helm template or helm upgrade --dry-run print; - for standard input",
  },
  ...outputOption,
} as const;

const watchOptions = {
  ...topologyOption,
  port: { type: "number", default: 9090, describe: "of /healthz, /readyz and /metrics" },
} as const;

const testOptions = {
  ...topologyOption,
  host: { type: "string", demandOption: true, describe: "the client Service" },
  port: { type: "number", default: 5432, describe: "its port" },
  deadline: { type: "number", default: 105, describe: "seconds, finding out whose fault it is included" },
} as const;

const drainOptions = (parser: Argv) =>
  parser
    .positional("node", {
      type: "string",
      demandOption: true,
      describe: "the datanode, or its standby: dn_3",
    })
    .options(topologyOption);

const rebalanceOptions = {
  ...topologyOption,
  ...outputOption,
  mode: {
    choices: ["tables", "all"] as const,
    default: "tables" as const,
    describe: "tables whose rows are spread; all: replicated ones too get their copy on every datanode",
  },
  order: {
    choices: ["smallest", "biggest"] as const,
    default: "smallest" as const,
    describe: "which tables come first",
  },
  tables: { type: "string", describe: "only these: schema.table, * for anything" },
  database: { type: "string", describe: "only tables of this database" },
  "dry-run": { type: "boolean", default: false, describe: "print what would be moved, change nothing" },
  stop: { type: "boolean", default: false, describe: "end the one that runs, wherever it runs" },
  "onto-drained": {
    type: "boolean",
    default: false,
    describe: "datanodes that antdb drain emptied get rows again",
  },
  deadline: { type: "number", describe: "seconds; waits so long for what is missing" },
} as const;

const teardownOptions = {
  ...topologyOption,
  strict: { type: "boolean", default: false, describe: "fail when the cluster could not be stopped cleanly" },
} as const;

type Start = (command: (runtime: Runtime) => Promise<Closing>) => Promise<void>;

/** What takes nodes away. */
const defineShrinking = (parser: Argv, run: Start): Argv =>
  parser
    .command(
      "guard",
      "say where a release leads, refuse what would lose data, take leaving nodes out",
      { ...topologyOption, ...guardOptions },
      ({ topology, ...args }) =>
        run((runtime) => runGuard(runtime, { topology, credentials: credentialsGiven(args) })),
    )
    .command(
      "drain <node>",
      "move every table off a datanode, one at a time; run again it goes on",
      drainOptions,
      (args) => run((runtime) => runDrain(runtime, args)),
    );

/** What moves tables onto datanodes. */
const defineSpreading = (parser: Argv, run: Start): Argv =>
  parser.command(
    "rebalance",
    "extend tables to datanodes that joined later, one at a time; run again it goes on",
    rebalanceOptions,
    (args) => run((runtime) => runRebalance(runtime, args)),
  );

/** @param run is called with the command once the arguments are known to be good */
function define(parser: Argv, run: Start): Argv {
  const withOutput = { ...topologyOption, ...outputOption };
  return defineSpreading(defineShrinking(parser, run), run)
    .command("reconcile", "bring the cluster to what the values ask for", topologyOption, (args) =>
      run((runtime) => runReconcile(runtime, args)),
    )
    .command("plan", "print what reconcile would do, change nothing", planOptions, (args) =>
      run((runtime) => runPlan(runtime, args)),
    )
    .command("status", "print the topology as it is", withOutput, (args) =>
      run((runtime) => runStatus(runtime, args)),
    )
    .command(
      "watch",
      "heal whenever pods change and at an interval, until told to stop",
      watchOptions,
      (args) => run((runtime) => runWatch(runtime, args)),
    )
    .command("teardown", "stop the cluster cleanly, delete nothing", teardownOptions, (args) =>
      run((runtime) => runTeardown(runtime, args)),
    )
    .command(
      "test",
      "write, read and be refused as a client, and leave nothing behind",
      testOptions,
      (args) => run((runtime) => runTest(runtime, args)),
    )
    .command(
      "credentials",
      "make the Secrets for credentials and for the manager's catalog if they are absent",
      credentialsOptions,
      (args) => run((runtime) => runCredentials(runtime, args)),
    );
}

/** yargs keeps a repeated option as a list even in strict mode, and makes NaN of a number that is none. */
function refuseOdd(args: Readonly<Record<string, unknown>>): true {
  for (const [name, value] of Object.entries(args)) {
    if (name !== "_" && Array.isArray(value)) throw new Error(`--${name} is given twice`);
    if (Number.isNaN(value)) throw new Error(`--${name} is not a number`);
  }
  return true;
}

/** Parses the arguments and runs the command. Throws a Failure for arguments it does not know. */
export async function runCommand(runtime: Runtime, args: readonly string[]): Promise<Closing> {
  let closing: Closing = { exitCode: 0, line: "" };
  const state = { begun: false };
  const parser = yargs([...args])
    .scriptName("antdb")
    .version(runtime.version)
    .strict()
    .check(refuseOdd)
    .demandCommand(1, "a command is missing")
    .exitProcess(false)
    .fail(false)
    .epilogue(
      "exit codes: 0 done or nothing to do, 1 failed and worth a retry, 2 refused, 3 out of time and safe to run again",
    );
  try {
    await define(parser, async (command) => {
      state.begun = true;
      closing = await command(runtime);
    }).parseAsync();
  } catch (error) {
    // yargs throws several kinds of Error for one thing: arguments it does not take.
    if (!state.begun)
      throw new Failure({
        class: "terminal",
        code: "bad-arguments",
        what: error instanceof Error ? error.message : String(error),
        object: "command line",
        remedy: "antdb --help lists commands and options",
      });
    throw error;
  }
  return closing;
}
