// Runs a command, and turns its failure into one line.
import { execa, ExecaError } from "execa";
import { ClusterFailure } from "./failure.ts";

export interface RunOptions {
  readonly input?: string;
  /** A file given as standard input. */
  readonly inputFile?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** ms; 120 s when not given. */
  readonly timeout?: number;
}

const firstLines = (text: unknown): string =>
  typeof text === "string"
    ? text
        .trim()
        .split("\n")
        .filter((line) => line.trim() !== "")
        .slice(-2)
        .join("; ")
    : "";

/** Runs a command and returns its standard output, trimmed. @throws ClusterFailure naming the command and what it said. */
export const run = async (
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> => {
  try {
    const { stdout } = await execa(command, args, {
      timeout: 120_000,
      stdin: "ignore",
      ...stdinOf(options),
      ...rest(options),
    });
    return stdout.trim();
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const why =
      error.code === "ENOENT" ? `${command} is not on PATH` : firstLines(error.stderr) || error.shortMessage;
    throw new ClusterFailure(`${command} ${args.slice(0, 6).join(" ")}: ${why}`);
  }
};

const stdinOf = (options: RunOptions): { input?: string; inputFile?: string; stdin?: "pipe" } => {
  if (options.input !== undefined) return { input: options.input, stdin: "pipe" };
  return options.inputFile === undefined ? {} : { inputFile: options.inputFile, stdin: "pipe" };
};

const rest = ({
  env,
  cwd,
  timeout,
}: RunOptions): { env?: Record<string, string>; cwd?: string; timeout?: number } => ({
  ...(env === undefined ? {} : { env: { ...env } }),
  ...(cwd === undefined ? {} : { cwd }),
  ...(timeout === undefined ? {} : { timeout }),
});

/** True when the command ends with 0. */
export const succeeds = async (
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<boolean> => {
  try {
    await run(command, args, options);
    return true;
  } catch (error) {
    if (error instanceof ClusterFailure) return false;
    throw error;
  }
};

/** Runs a command with this process's own input and output; returns its exit code. */
export const attach = async (command: string, args: readonly string[]): Promise<number> => {
  const result = await execa(command, args, { stdio: "inherit", reject: false });
  return result.exitCode ?? 1;
};
