import type { Drained } from "../../../hooks/model/rebalance.ts";
import type { Role } from "../../../hooks/model/role.ts";
import type { Topology } from "../../../hooks/model/topology.ts";
import { type Deed, ManagerServer } from "./manager-server.ts";
import { Network } from "./network.ts";
import type { Pod } from "./pod.ts";
import type { FakeTable } from "./fake-spreader.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** What happened that may never happen again, for the tests to look at. */
export interface Audit {
  /** INIT ALL carried out: how many members there were when it began. */
  readonly initAlls: { readonly membersBefore: number }[];
  /** Directories wiped: whether rows had been written to them, or their node was a member. */
  readonly wiped: { readonly pod: string; readonly rows: number; readonly member: boolean }[];
  /** The manager's long commands: INIT ALL, APPEND, REMOVE, START, … */
  readonly deeds: Deed[];
}

export interface WriterRecord {
  holder: string | undefined;
  renewedMs: number;
}

/**
 * A release's pods, volumes and manager in memory. It knows the rules of the real ones and nothing of the program: tests look at what it came to.
 */
export class World {
  readonly clock = new VirtualClock();
  readonly pods = new Map<string, Pod>();
  readonly audit: Audit = { initAlls: [], wiped: [], deeds: [] };
  readonly network: Network;
  readonly manager: ManagerServer;
  held: { readonly nodes: readonly string[]; readonly untilMs: number } = { nodes: [], untilMs: 0 };
  /** catalog.json of the Secret that keeps the manager's catalog. */
  keptText = "";
  /** StatefulSets and their replicas. */
  readonly sets = new Map<string, number>();
  /** Volumes of pods that were scaled away. */
  readonly #volumes = new Map<string, Pick<Pod, "disk" | "foreignBytes" | "partialBytes">>();
  readonly writer: WriterRecord = { holder: undefined, renewedMs: 0 };
  /** The Lease of whoever moves tables, and the notes on it. */
  readonly mover: WriterRecord & { doing: string; stop: string; drained: readonly Drained[] } = {
    ...{ holder: undefined, renewedMs: 0, doing: "", stop: "", drained: [] },
  };
  /** Users' tables, for those who move them. */
  readonly tables: FakeTable[] = [];
  /** The stored password a Secret's `password` would give. */
  appPassword = "app-secret";
  /** The same of its `monitor-password`. */
  monitorPassword = "monitor-secret";
  /** Nodes that do not let their files be written by SQL. */
  readonly stubborn = new Set<string>();
  #lastAddress = 0;
  #lastUid = 0;

  constructor(topology: Topology) {
    this.network = new Network(this.pods, topology.engine.osUser);
    this.manager = new ManagerServer(this, topology.engine);
    this.grow(topology);
  }

  /** What the StatefulSets do when replicas rise: missing pods appear, others stay. */
  grow(topology: Topology): void {
    const wanted: (readonly [string, Role])[] = [
      [topology.managerPod, "mgr"],
      ...topology.nodes.map((node) => [node.pod, node.role] as const),
    ];
    for (const [name, role] of wanted) {
      if (this.pods.has(name)) continue;
      this.pods.set(name, { ...this.#newPod(name, role), ...this.#volumes.get(name) });
      this.#volumes.delete(name);
    }
    this.#count(topology);
  }

  /** What they do when replicas fall: pods go, volumes stay. */
  shrink(topology: Topology): void {
    const wanted = new Set([topology.managerPod, ...topology.nodes.map(({ pod }) => pod)]);
    for (const [name, { disk, foreignBytes, partialBytes }] of this.pods) {
      if (wanted.has(name)) continue;
      const made = disk === undefined ? {} : { disk };
      this.#volumes.set(name, {
        foreignBytes,
        ...made,
        ...(partialBytes === undefined ? {} : { partialBytes }),
      });
      this.takeDown(name);
      this.pods.delete(name);
    }
    this.#count(topology);
  }

  #count(topology: Topology): void {
    for (const [role, name] of Object.entries(topology.statefulSets))
      this.sets.set(name, role === "mgr" ? 1 : topology.nodes.filter((node) => node.role === role).length);
  }

  pod(name: string): Pod {
    const pod = this.pods.get(name);
    if (pod === undefined) throw new Error(`the world has no pod ${name}`);
    return pod;
  }

  nextAddress(): string {
    this.#lastAddress += 1;
    return `10.244.${Math.floor(this.#lastAddress / 250)}.${(this.#lastAddress % 250) + 1}`;
  }

  /** The pod is deleted: its postgres is gone, its volume stays. It has no address until it `returns`. */
  takeDown(name: string): void {
    const pod = this.pod(name);
    pod.ip = undefined;
    pod.ready = false;
    pod.running = false;
    delete pod.primaryInEffect;
    if (pod.role === "mgr") this.manager.crash();
  }

  bringBack(name: string, address: string = this.nextAddress()): void {
    const pod = this.pod(name);
    pod.uid = this.#nextUid();
    delete pod.state;
    pod.ip = address;
    pod.ready = true;
  }

  /** Every pod at once, each with another's address where that can be: the worst there is. */
  moveAll(order: (addresses: readonly string[]) => readonly string[] = rotate): void {
    const names = [...this.pods.keys()];
    const addresses = names.map((name) => this.pod(name).ip ?? this.nextAddress());
    for (const name of names) this.takeDown(name);
    order(addresses).forEach((address, index) => {
      const name = names[index];
      if (name !== undefined) this.bringBack(name, address);
    });
  }

  /** A new, empty volume in the place of the old one; the pod restarts for it. */
  loseVolume(name: string): void {
    this.takeDown(name);
    const pod = this.pod(name);
    delete pod.disk;
    delete pod.partialBytes;
    pod.foreignBytes = 0;
    if (pod.role === "mgr") this.manager.forget();
    this.bringBack(name);
  }

  #newPod(name: string, role: Role): Pod {
    return {
      name,
      role,
      uid: this.#nextUid(),
      ip: this.nextAddress(),
      hostName: `host-${(this.pods.size % 3) + 1}`,
      ready: true,
      terminating: false,
      foreignBytes: 0,
      running: false,
    };
  }

  #nextUid(): string {
    this.#lastUid += 1;
    return `uid-${this.#lastUid}`;
  }
}

const rotate = (addresses: readonly string[]): readonly string[] => [
  ...addresses.slice(1),
  ...addresses.slice(0, 1),
];
