// Runs a program to its end, with its output kept in a file, and turns a failure into one line.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { execa } from "execa";
import { ImageError, tellingLine } from "./failure.ts";

export type Command = {
  readonly argv: readonly [string, ...string[]];
  /** What is being done, as the failure will say it: "hooks image: build". */
  readonly doing: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly timeout?: number;
  /** File that gets all output; the failure names it. */
  readonly log?: string;
};

/** Builds share the machine with whatever else it does: one step down in priority where that can be had. */
const polite = process.platform === "win32" ? [] : ["nice", "-n", "5"];

/** Runs a command; gives its standard output. Throws an ImageError of one line. */
export async function run(command: Command): Promise<string> {
  const [file, ...args] = [...polite, ...command.argv];
  const result = await execa(file ?? "", args, {
    reject: false,
    all: true,
    stdin: "ignore",
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    env: { LC_ALL: "C.UTF-8", ...command.env },
    timeout: (command.timeout ?? 900) * 1000,
    killSignal: "SIGTERM",
  });
  if (command.log !== undefined) {
    await mkdir(dirname(command.log), { recursive: true });
    await writeFile(command.log, `$ ${command.argv.join(" ")}\n${result.all}\n`, { flag: "a" });
  }
  if (!result.failed) return result.stdout;
  const why = result.timedOut ? `no end after ${command.timeout ?? 900} s` : tellingLine(result.all);
  const where = command.log === undefined ? "" : ` (all of it: ${command.log})`;
  throw new ImageError(`${command.doing} failed: ${why}${where}`, { cause: result });
}

/** Whether a command ends with 0; its output is of no interest. */
export async function succeeds(argv: readonly [string, ...string[]], timeout = 20): Promise<boolean> {
  const [file, ...args] = argv;
  const result = await execa(file, args, {
    reject: false,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    timeout: timeout * 1000,
  });
  return !result.failed;
}
