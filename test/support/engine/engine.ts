// A manager and its agents for the contract suite: the stand-in as plain processes on loopback, or a real one given by address.
import { standInEngine } from "./stand-in-engine.ts";

/** One host an agent answers on. */
export type Agent = {
  readonly address: string;
  readonly port: number;
  /** Folder under which this host's node may have its directory; absent or empty. */
  readonly folder: string;
};

/** What a suite needs of an engine; stopping ends every process that was started for it. */
export type Engine = {
  /** Connection string of the manager's database postgres, as a superuser. */
  readonly url: string;
  readonly agents: readonly Agent[];
  /** The manager's OS user, which is the superuser's name on every node; undefined where it is not known. */
  readonly owner: string | undefined;
  /** Node ports to use: gc, coordinator, datanode. */
  readonly ports: { readonly gc: number; readonly cn: number; readonly dn: number };
  /** Kills an agent, as a lost pod would; undefined where the suite has no such power. */
  readonly killAgent: ((index: number) => Promise<void>) | undefined;
  readonly reviveAgent: ((index: number) => Promise<void>) | undefined;
  readonly stop: () => Promise<void>;
};

/** ANTDB_MGR_URL names a real manager (and ANTDB_AGENTS="ip,ip,…" its hosts); without it the stand-in is started. */
export async function startEngine(agents: number): Promise<Engine> {
  const url = process.env["ANTDB_MGR_URL"];
  return url === undefined ? standInEngine(agents) : realEngine(url, agents);
}

/** Whether lifecycle suites can run: a real manager needs enough agents with empty folders behind it. */
export const hasAgents = (count: number): boolean =>
  process.env["ANTDB_MGR_URL"] === undefined || agentAddresses().length >= count;

/** Whether the engine is the stand-in: some of the real one's waits and texts can't be shown with it. */
export const isStandIn = process.env["ANTDB_MGR_URL"] === undefined;

const agentAddresses = (): string[] =>
  (process.env["ANTDB_AGENTS"] ?? "").split(",").filter((text) => text !== "");

const realEngine = (url: string, count: number): Engine => ({
  url,
  agents: agentAddresses()
    .slice(0, count)
    .map((address) => ({ address, port: 8432, folder: "/var/lib/antdb/data" })),
  owner: undefined,
  ports: { gc: 6655, cn: 5432, dn: 5433 },
  killAgent: undefined,
  reviveAgent: undefined,
  stop: () => Promise.resolve(),
});
