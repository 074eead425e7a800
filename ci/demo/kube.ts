// kubectl and helm against one cluster and one namespace.
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { execa, ExecaError } from "execa";

/** A command that failed, as one line: what was run, and what it said. */
export class CommandFailed extends Error {}

export interface Kube {
  readonly kubeconfig: string;
  readonly namespace: string;
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** @param killed ends it at once, as a lost connection or a closed laptop does */
  helm(args: readonly string[], killed?: AbortSignal): Promise<string>;
  /** Lines as they come, of a command that goes on; leaving the loop ends it. */
  follow(args: readonly string[]): AsyncIterable<string>;
}

async function call(
  file: string,
  args: readonly string[],
  kubeconfig: string,
  { input, killed }: { readonly input?: string | undefined; readonly killed?: AbortSignal | undefined } = {},
): Promise<string> {
  try {
    const { stdout } = await execa(file, [...args], {
      env: { KUBECONFIG: kubeconfig },
      ...(input === undefined ? { stdin: "ignore" } : { input }),
      ...(killed === undefined ? {} : { cancelSignal: killed, killSignal: "SIGKILL" }),
    });
    return stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    const { stderr, stdout } = error as { stderr?: unknown; stdout?: unknown };
    const said = [stderr, stdout].find((text): text is string => typeof text === "string" && text !== "");
    throw new CommandFailed(`${basename(file)} ${args.join(" ")}: ${said ?? error.shortMessage}`, {
      cause: error,
    });
  }
}

async function* follow(file: string, args: readonly string[], kubeconfig: string): AsyncGenerator<string> {
  const child = execa(file, [...args], { env: { KUBECONFIG: kubeconfig }, buffer: false, reject: false });
  try {
    yield* createInterface({ input: child.stdout });
  } finally {
    // At once: it would notice only at its next line that nobody reads.
    child.kill("SIGKILL");
  }
}

/** @param tools absolute paths of the two programs */
export function makeKube(
  tools: { kubectl: string; helm: string },
  kubeconfig: string,
  namespace: string,
): Kube {
  return {
    kubeconfig,
    namespace,
    kubectl: (args, input) => call(tools.kubectl, ["-n", namespace, ...args], kubeconfig, { input }),
    follow: (args) => follow(tools.kubectl, ["-n", namespace, ...args], kubeconfig),
    helm: (args, killed) => call(tools.helm, ["-n", namespace, ...args], kubeconfig, { killed }),
  };
}
