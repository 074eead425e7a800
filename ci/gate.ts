// A gate is one command whose exit code decides; its output is shown when it fails, or all the time for slow ones.
import { spawn } from "node:child_process";

export interface Gate {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** Show the output as it comes: for gates a person watches. */
  readonly live?: boolean;
}

export interface GateResult {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
}

/** Runs one gate from the top of the checkout. Never rejects: a command that cannot start has failed. */
export function runGate(gate: Gate): Promise<GateResult> {
  const startedMs = performance.now();
  const [file, ...args] = gate.command;
  return new Promise((resolve) => {
    const output: Buffer[] = [];
    const child = spawn(file, args, {
      cwd: new URL("..", import.meta.url),
      env: { ...process.env, ...gate.env },
      stdio: ["ignore", gate.live === true ? "inherit" : "pipe", gate.live === true ? "inherit" : "pipe"],
    });
    child.stdout?.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => output.push(chunk));
    const end = (passed: boolean, trouble = ""): void => {
      const seconds = (performance.now() - startedMs) / 1000;
      console.log(`${passed ? "ok  " : "FAIL"}  ${seconds.toFixed(1).padStart(6)} s  ${gate.name}${trouble}`);
      if (!passed && output.length > 0) console.log(Buffer.concat(output).toString());
      resolve({ name: gate.name, passed, seconds });
    };
    child.on("error", (error) => end(false, `: ${error.message}`));
    child.on("close", (code) => end(code === 0));
  });
}
