import type { NodeKind } from "../../../hooks/model/role.ts";
import type { ParameterNote } from "../../../hooks/model/parameter.ts";
import type { AppendNote, Departure, InitJournal, ManagerParameter } from "../../../hooks/model/snapshot.ts";
import type { Engine, NodeName } from "../../../hooks/model/topology.ts";
import { saying } from "./manager-failures.ts";
import type { Pod } from "./pod.ts";
import type { World } from "./world.ts";

/** Rows of mgr_host and mgr_node; the flags are changed in place, an error does not roll them back (manager reference §1.5). */
export interface HostRow {
  readonly name: string;
  address: string;
  readonly agentPort: number;
}
export interface NodeRow {
  readonly name: NodeName;
  kind: NodeKind;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  master?: NodeName;
  initialised: boolean;
  inCluster: boolean;
  sync: string;
}

/** A long command, as it went. */
export interface Deed {
  readonly what: string;
  readonly begunMs: number;
  endMs: number;
  done: boolean;
}

/** Stands among the deeds: what is known of members afterwards is what was kept. */
export const catalogLost = "the catalog is lost";

/** One statement under way: it goes on when its client is gone, and ends when its time is up or the manager goes down. */
export class Statement {
  readonly #world: World;
  readonly #endMs: number;
  readonly #life: number;
  #deafMs: number;

  /** @param deafMs how long it is stuck at first, in code that looks at no timeout; afterwards it is done whatever its time was */
  constructor(world: World, timeoutMs: number, deafMs = 0) {
    this.#world = world;
    this.#endMs = deafMs > 0 ? Infinity : world.clock.nowMs() + timeoutMs;
    this.#life = world.manager.life;
    this.#deafMs = deafMs;
  }

  async takes(ms: number): Promise<void> {
    const { clock, manager } = this.#world;
    if (this.#deafMs > 0) await clock.sleep(this.#deafMs);
    this.#deafMs = 0;
    await clock.sleep(Math.min(ms, Math.max(0, this.#endMs - clock.nowMs())));
    if (manager.life !== this.#life) throw saying.cut();
    if (clock.nowMs() >= this.#endMs) throw saying.timedOut();
  }
}

/** An address that no pod has swallows a connect for so long (kernel SYN timeout; manager reference §1.4). */
const blackHoleMs = 127_000;

/** adbmgrd with its catalog on mgr's volume: what all its commands stand on. */
export class ManagerServer {
  readonly #world: World;
  readonly engine: Engine;
  hosts: HostRow[] = [];
  nodes: NodeRow[] = [];
  parameters: ManagerParameter[] = [];
  parameterNotes: ParameterNote[] = [];
  journal: InitJournal = "none";
  readonly departures = new Map<NodeName, Departure>();
  readonly appends = new Map<NodeName, AppendNote>();
  /** The stored password of the exporters' role on the manager itself. */
  monitorRole: string | undefined;
  /** APPENDs that are adding lines to the gtm's pg_hba.conf. */
  readonly hbaWriters = new Set<Statement>();
  /** Commands under way that hold the program's mark. */
  marked = 0;
  /** Rises when the manager goes down: what was under way is cut. */
  life = 0;
  /** Nodes whose initdb fails (a full disk); INIT ALL goes on with the others and says f in a row. */
  readonly initFails = new Set<NodeName>();
  /** Nodes whose APPEND breaks, once, and where: with the directory made, with postgres running, with the row on some lists only. */
  readonly appendFails = new Map<NodeName, "made" | "running" | "listed">();

  constructor(world: World, engine: Engine) {
    this.#world = world;
    this.engine = engine;
  }

  crash(): void {
    this.life += 1;
    this.hbaWriters.clear();
    this.marked = 0;
  }

  /** A command that takes time: marked for as long as it does, and written down. */
  async carryOut(what: string, work: () => Promise<void>): Promise<void> {
    const { life } = this;
    const deed: Deed = { what, begunMs: this.#world.clock.nowMs(), endMs: Infinity, done: false };
    this.#world.audit.deeds.push(deed);
    this.marked += 1;
    try {
      await work();
      deed.done = true;
    } finally {
      deed.endMs = this.#world.clock.nowMs();
      if (this.life === life) this.marked -= 1;
    }
  }

  /** mgr's volume is a new one. */
  forget(): void {
    this.crash();
    const nowMs = this.#world.clock.nowMs();
    this.#world.audit.deeds.push({ what: catalogLost, begunMs: nowMs, endMs: nowMs, done: true });
    this.hosts = [];
    this.nodes = [];
    this.parameters = [];
    this.parameterNotes = [];
    this.journal = "none";
    this.departures.clear();
    this.appends.clear();
    this.monitorRole = undefined;
  }

  get members(): readonly NodeRow[] {
    return this.nodes.filter((row) => row.inCluster);
  }

  row(name: string): NodeRow {
    const found = this.nodes.find((row) => row.name === name);
    if (found === undefined) throw saying.refused(name, `"${name}" does not exist`);
    return found;
  }

  /** A statement names the node and its kind: another kind of that name is another node. */
  rowAs(name: string, kind: NodeRow["kind"]): NodeRow | undefined {
    return this.nodes.find((row) => row.name === name && row.kind === kind);
  }

  addressOf(name: string): string {
    const { host } = this.row(name);
    const address = this.hosts.find((row) => row.name === host)?.address;
    if (address === undefined) throw saying.refused(name, `host "${host}" does not exist`);
    return address;
  }

  /** The pod whose agent answers at the node's host address, whoever that is by now. Two hosts with one address hit the wrong one (§2.5). */
  async agentOf(name: string, statement: Statement): Promise<Pod> {
    const address = this.addressOf(name);
    const sharing = this.hosts.filter((row) => row.address === address);
    if (sharing.length > 1)
      throw saying.refused(name, `port does not exist in the node table: two hosts at ${address}`);
    const { network } = this.#world;
    network.dial(address, "the manager as an agent's");
    const pod = network.podAt(address);
    if (pod === undefined) {
      const answers = address.startsWith("127.") || network.strangers.get(address) === "answers";
      await statement.takes(answers ? 1 : blackHoleMs);
      throw saying.agentAway(name, address);
    }
    if (!pod.ready) throw saying.agentAway(name, address);
    return pod;
  }
}
