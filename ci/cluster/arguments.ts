// The command line of the cluster, as data. Pure.
import { type HostAction, hostActions } from "./driver.ts";
import { ClusterFailure } from "./failure.ts";
import { checkName, checkWorkers } from "./names.ts";
import { checkSubnet } from "./native/subnet.ts";
import { defaultName } from "./settings.ts";

export const usage = `usage: npm run cluster -- VERB [--name NAME]
  up [--workers N] [--context CTX] [--subnet 10.N.0.0/16]   start what is missing
  down | status | kubeconfig | env                          end it | show it | path for KUBECONFIG | shell settings
  load IMAGE.tar…                                           OCI archives into every running host
  host stop|start|cut|join|freeze|thaw HOST                 power, network cable, hang; HOST is cp, w1, w2 …
  exec HOST COMMAND…                                        inside a host`;

export type Command =
  | {
      readonly verb: "up";
      readonly name: string;
      readonly workers?: number;
      readonly context?: string;
      readonly subnet?: string;
    }
  | { readonly verb: "down" | "status" | "kubeconfig" | "env" | "help"; readonly name: string }
  | { readonly verb: "load"; readonly name: string; readonly files: readonly string[] }
  | { readonly verb: "host"; readonly name: string; readonly action: HostAction; readonly host: string }
  | {
      readonly verb: "exec";
      readonly name: string;
      readonly host: string;
      readonly command: readonly string[];
    };

const refuse = (what: string): never => {
  throw new ClusterFailure(`${what}: see \`npm run cluster -- help\``);
};

interface Split {
  readonly options: ReadonlyMap<string, string>;
  readonly words: readonly string[];
}

const optionNames = ["name", "workers", "context", "subnet"];

/** The option at the front of `args`, and how many words it takes. */
const readOption = (
  args: readonly string[],
): { readonly name: string; readonly value: string; readonly taken: number } => {
  const [name = "", inline] = (args[0] ?? "").slice(2).split(/=(.*)/s);
  if (!optionNames.includes(name)) refuse(`there is no option --${name}`);
  const value = inline ?? args[1];
  if (value === undefined || value === "") return refuse(`--${name} needs a value`);
  return { name, value, taken: inline === undefined ? 2 : 1 };
};

/** Separates --options from words. Once `exec HOST` is read, the rest is the command's own. */
const split = (args: readonly string[]): Split => {
  const options = new Map<string, string>();
  const words: string[] = [];
  for (let left = args; left.length > 0;) {
    const [word = ""] = left;
    if (words[0] === "exec" && words.length === 2)
      return { options, words: [...words, ...(word === "--" ? left.slice(1) : left)] };
    if (!word.startsWith("--") || word === "--help") {
      words.push(word.replace(/^--/, ""));
      left = left.slice(1);
    } else {
      const { name, value, taken } = readOption(left);
      options.set(name, value);
      left = left.slice(taken);
    }
  }
  return { options, words };
};

const parseUp = (name: string, options: ReadonlyMap<string, string>): Command => {
  const workers = options.get("workers");
  const context = options.get("context");
  const subnet = options.get("subnet");
  return {
    verb: "up",
    name,
    ...(workers === undefined ? {} : { workers: checkWorkers(workers) }),
    ...(context === undefined ? {} : { context }),
    ...(subnet === undefined ? {} : { subnet: checkSubnet(subnet) }),
  };
};

const parseHost = (name: string, words: readonly string[]): Command => {
  const [given, host, ...more] = words;
  const action = hostActions.find((known) => known === given);
  if (action === undefined || host === undefined || more.length > 0)
    return refuse(`host needs one of ${hostActions.join(", ")} and a host, such as \`host stop w2\``);
  return { verb: "host", name, action, host };
};

const parseExec = (name: string, words: readonly string[]): Command => {
  const [host, ...command] = words;
  if (host === undefined || command.length === 0) return refuse("exec needs a host and a command");
  return { verb: "exec", name, host, command };
};

const only = (command: Command, words: readonly string[]): Command =>
  words.length === 0 ? command : refuse(`${command.verb} takes no "${words.join(" ")}"`);

const parseLoad = (name: string, files: readonly string[]): Command =>
  files.length === 0 ? refuse("load needs at least one image archive") : { verb: "load", name, files };

const plainVerbs = ["down", "status", "kubeconfig", "env", "help"] as const;

/** Reads the command line (without node and the script). @throws ClusterFailure one line, what is wrong with it. */
export const parseArguments = (args: readonly string[]): Command => {
  const { options, words } = split(args);
  const [verb = "help", ...rest] = words;
  const name = checkName(options.get("name") ?? defaultName);
  const stray = [...options.keys()].find((option) => option !== "name");
  if (verb === "up") return only(parseUp(name, options), rest);
  if (stray !== undefined) return refuse(`--${stray} is for up`);
  if (verb === "load") return parseLoad(name, rest);
  if (verb === "host") return parseHost(name, rest);
  if (verb === "exec") return parseExec(name, rest);
  const plain = plainVerbs.find((known) => known === verb);
  return plain === undefined ? refuse(`there is no command "${verb}"`) : only({ verb: plain, name }, rest);
};
