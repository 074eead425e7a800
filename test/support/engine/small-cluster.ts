// The cluster the contract suite plays with: gc with a standby, a coordinator, a datanode with a standby, one on each agent.
import { isStandIn, startEngine, type Engine } from "./engine.ts";
import { openSession, type Outcome, type Session } from "./session.ts";

/** Hosts and nodes have the same names. */
export const names = ["gc_0", "gcs_0", "cn_0", "dn_0", "ds_0"] as const;
export type Name = (typeof names)[number];

const kinds: readonly (readonly [Name, string])[] = [
  ["gc_0", "gtmcoord master gc_0"],
  ["gcs_0", "gtmcoord slave gcs_0 for gc_0"],
  ["cn_0", "coordinator master cn_0"],
  ["dn_0", "datanode master dn_0"],
  ["ds_0", "datanode slave ds_0 for dn_0"],
];

/** Operation, node and status of INIT ALL's rows here: the standbys share one row each, always t. */
export const initRows = [
  ["init gtmcoord master", "gc_0", true],
  ["start gtmcoord master", "gc_0", true],
  ["init gtmcoord slave", "init gtmcood slave", true],
  ["init coordinator master", "cn_0", true],
  ["start coordinator master", "cn_0", true],
  ["init datanode master", "dn_0", true],
  ["start datanode master", "dn_0", true],
  ["init datanode slave", "init datanode slave", true],
  ["config gtmcoord and coordinator", "gc_0", true],
  ["config gtmcoord and coordinator", "cn_0", true],
];

/** The values of the column status, row by row. */
export function statuses(outcome: Outcome): unknown[] {
  if (outcome.code !== undefined) throw new Error(`${outcome.code} ${outcome.message ?? ""}`);
  const column = outcome.columns!.findIndex(([name]) => name === "status");
  return outcome.rows!.map((row) => row[column]);
}

/** An engine with the definitions made and nothing initialised. */
export class SmallCluster {
  readonly engine: Engine;
  readonly manager: Session;

  private constructor(engine: Engine, manager: Session) {
    this.engine = engine;
    this.manager = manager;
  }

  /** `spare` is how many agents more there are than the cluster has nodes. */
  static async start(spare = 0): Promise<SmallCluster> {
    const engine = await startEngine(names.length + spare);
    const cluster = new SmallCluster(engine, await openSession(engine.url));
    await cluster.define();
    return cluster;
  }

  /** Ends the stand-in's processes; a real manager's cluster is taken back to no definitions at all. */
  async stop(): Promise<void> {
    if (!isStandIn) await this.wipe();
    await this.manager.close();
    await this.engine.stop();
  }

  addressOf(name: Name): string {
    return this.engine.agents[names.indexOf(name)]!.address;
  }

  portOf(name: Name): number {
    const { gc, cn, dn } = this.engine.ports;
    return name.startsWith("g") ? gc : name === "cn_0" ? cn : dn;
  }

  /** Asks a node itself, as the superuser the manager uses; a refused connection is an outcome too. */
  async ask(name: Name, statement: string): Promise<Outcome> {
    const owner = this.engine.owner ?? "antdb";
    const url = `postgres://${owner}@${this.addressOf(name)}:${this.portOf(name)}/postgres`;
    try {
      const session = await openSession(url);
      const outcome = await session.run(statement);
      await session.close();
      return outcome;
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      return { code, message, notices: [] };
    }
  }

  /** A statement that must succeed with this tag. */
  async must(statement: string, tag: string): Promise<void> {
    const outcome = await this.manager.run(statement);
    if (outcome.tag !== tag)
      throw new Error(`${statement}: ${outcome.message ?? `tag ${outcome.tag ?? "none"}`}`);
  }

  private async wipe(): Promise<void> {
    await this.manager.run("stop all mode fast");
    await this.manager.run("clean all");
    const nodes = await this.manager.run("list node (type, name)");
    const rows = nodes.rows ?? [];
    for (const part of ["slave", "master"])
      for (const [type, name] of rows)
        if (String(type).endsWith(part)) await this.manager.run(`drop ${String(type)} ${String(name)}`);
    const hosts = (await this.manager.run("list host (name)")).rows ?? [];
    for (const [host] of hosts) await this.manager.run(`drop host ${String(host)}`);
    const sql = await openSession(this.engine.url, "-c command_mode=sql");
    await sql.run("delete from mgr_updateparm; delete from mgr_parm; delete from mgr_hba");
    await sql.close();
  }

  private async define(): Promise<void> {
    const owner = this.engine.owner === undefined ? "" : `, user=${this.engine.owner}`;
    for (const [index, name] of names.entries()) {
      const { address, port } = this.engine.agents[index]!;
      await this.must(`add host ${name} (address='${address}', agentport=${port}${owner})`, "ADD HOST");
    }
    for (const [name, what] of kinds) {
      const path = `${this.engine.agents[names.indexOf(name)]!.folder}/data`;
      await this.must(`add ${what} (host=${name}, port=${this.portOf(name)}, path='${path}')`, "ADD NODE");
    }
  }
}
