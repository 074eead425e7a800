// A shell in the client's pod that tells, by that pod's own clock, when an agent answers and when a write comes through.
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { execa } from "execa";
import type { Kube } from "../../../ci/demo/kube.ts";

/**
 * `agent TAG IP`: when the port of the agent takes a connection. `write TAG HOST`: when a write of rows for every datanode is acknowledged by HOST; an attempt every
 * 100 ms, ten under way at most, since one that was begun too early may hang where the next one gets through.
 */
const script = `
agent() { until (exec 3<>"/dev/tcp/$2/8432") 2>/dev/null; do sleep 0.01; done; echo "$1 $(date +%s%3N)"; }
attempt() {
  PGCONNECT_TIMEOUT=2 timeout 60 psql -X -q -h "$2" -v ON_ERROR_STOP=1 \\
    -c "INSERT INTO bench SELECT n FROM generate_series(1, 256) AS n" >/dev/null 2>&1 || return
  mkdir "/tmp/bench.$1" 2>/dev/null && echo "$1 $(date +%s%3N)"
}
write() {
  until [[ -d /tmp/bench.$1 ]]; do
    attempt "$@" &
    sleep 0.1
    while (( $(jobs -rp | wc -l) >= 10 )); do wait -n; done
  done
}
echo "ready $(date +%s%3N)"
while read -r what tag where; do "$what" "$tag" "$where" & done
`;

export interface Probe extends Disposable {
  /** Milliseconds of the epoch at which the agent at this address took a connection. */
  agentAnswers(address: string): Promise<number>;
  /** … at which rows were acknowledged by this host, a Service or a coordinator's address. */
  writeComesThrough(host: string): Promise<number>;
}

const limitMs = 300_000;

/** The shell as far as it is used: lines in, lines out. */
interface Shell {
  readonly stdin: Writable;
  readonly stdout: Readable;
  kill(): unknown;
}

class ShellProbe implements Probe {
  readonly #shell: Shell;
  readonly #waiting = new Map<string, (ms: number) => void>();
  #asked = 0;

  constructor(shell: Shell) {
    this.#shell = shell;
    createInterface({ input: shell.stdout }).on("line", (line) => {
      const [tag = "", ms = ""] = line.split(" ");
      this.#waiting.get(tag)?.(Number(ms));
    });
  }

  ready(): Promise<number> {
    return this.#line("ready");
  }

  agentAnswers(address: string): Promise<number> {
    return this.#ask("agent", address);
  }

  writeComesThrough(host: string): Promise<number> {
    return this.#ask("write", host);
  }

  [Symbol.dispose](): void {
    this.#shell.kill();
  }

  #ask(what: "agent" | "write", where: string): Promise<number> {
    this.#asked += 1;
    const tag = `${what}${process.pid}.${this.#asked}`;
    const answer = this.#line(tag);
    this.#shell.stdin.write(`${what} ${tag} ${where}\n`);
    return answer;
  }

  #line(tag: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not within ${limitMs / 1000} s: ${tag}`)), limitMs);
      this.#waiting.set(tag, (ms) => {
        clearTimeout(timer);
        resolve(ms);
      });
    });
  }
}

/** @param kubectl path of the program: the shell stays for the whole bench, so that no measure pays for an exec */
export async function openProbe(kubectl: string, kube: Kube, pod: string): Promise<Probe> {
  const args = ["-n", kube.namespace, "exec", "-i", pod, "--", "bash", "-c", script];
  const env = { KUBECONFIG: kube.kubeconfig };
  const probe = new ShellProbe(execa(kubectl, args, { env, buffer: false, reject: false, stdin: "pipe" }));
  await probe.ready();
  return probe;
}
