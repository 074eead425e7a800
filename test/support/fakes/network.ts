import type { StreamingStandby } from "../../../hooks/model/snapshot.ts";
import type { NodeName } from "../../../hooks/model/topology.ts";
import { sameInPair } from "../../../hooks/model/parameter-rules.ts";
import { numberInEffect } from "./settings.ts";
import { methodFor, type Visitor } from "./hba.ts";
import { cloneData, type Address, type Disk, type Pod } from "./pod.ts";

/** A pod whose postgres runs, with its files. */
export interface Live {
  readonly pod: Pod;
  readonly disk: Disk;
  readonly address: string;
}

/** Somebody logged in on a node. */
export interface Session {
  readonly at: Live;
  readonly user: string;
}

/** An address that is another's now: its pod is none of the release's, and answers at once or never. */
export type Stranger = "answers" | "hangs";

/** Who reaches whom, who streams from whom, and what a commit needs. */
export class Network {
  readonly #pods: ReadonlyMap<string, Pod>;
  readonly osUser: string;
  readonly strangers = new Map<string, Stranger>();
  /** Who came to a stranger's door, and as whom. */
  readonly strayed: string[] = [];

  constructor(pods: ReadonlyMap<string, Pod>, osUser: string) {
    this.#pods = pods;
    this.osUser = osUser;
  }

  /** Somebody dials this address as this user. */
  dial(address: string, user: string): void {
    if (this.strangers.has(address)) this.strayed.push(`${user} at ${address}`);
  }

  podAt(address: string): Pod | undefined {
    return [...this.#pods.values()].find((pod) => pod.ip === address);
  }

  /** The postgres that listens there, whoever it is. */
  liveAt({ host, port }: Address): Live | undefined {
    const pod = this.podAt(host);
    return pod?.running === true && pod.disk?.port === port
      ? { pod, disk: pod.disk, address: host }
      : undefined;
  }

  lives(): readonly Live[] {
    return [...this.#pods.values()].flatMap((pod) =>
      pod.running && pod.disk !== undefined && pod.ip !== undefined
        ? [{ pod, disk: pod.disk, address: pod.ip }]
        : [],
    );
  }

  /** The engine's own connections carry no password; a coordinator dials the others as its session's role. */
  admitsPeer(target: Live, from: string, user: string = this.osUser): boolean {
    return this.#trusts(target, { database: "other", user, address: from });
  }

  #trusts(target: Live, visitor: Visitor): boolean {
    return methodFor(target.disk.hba, visitor) === "trust";
  }

  standbysOf(master: Live): readonly Live[] {
    if (master.disk.inRecovery) return [];
    return this.lives().filter(({ pod, disk, address }) => {
      const source = pod.primaryInEffect;
      return (
        disk.inRecovery &&
        disk.systemId === master.disk.systemId &&
        source?.host === master.address &&
        source.port === master.disk.port &&
        this.#trusts(master, { database: "replication", user: this.osUser, address })
      );
    });
  }

  streamingOf(master: Live): readonly StreamingStandby[] {
    const streaming = this.standbysOf(master);
    const listed = [...master.disk.sync].filter((name) => streaming.some(({ disk }) => disk.name === name));
    const syncOf = (name: NodeName): string =>
      name === listed[0] ? "sync" : listed.includes(name) ? "potential" : "async";
    return streaming.map(({ disk, address }) => ({
      name: disk.name,
      address,
      state: "streaming",
      sync: syncOf(disk.name),
    }));
  }

  /** Lets every standby that streams have what its master has. */
  settle(): void {
    for (const master of this.lives())
      for (const standby of this.standbysOf(master)) standby.disk.data = cloneData(master.disk.data);
  }

  /** A standby with less than its master runs with of what replay needs does not start; its master is the one of the same system that runs. */
  whyNoStandby(disk: Disk): string | undefined {
    const master = this.lives().find((live) => !live.disk.inRecovery && live.disk.systemId === disk.systemId);
    if (!disk.inRecovery || master?.pod.loaded === undefined) return undefined;
    const { atStart } = master.pod.loaded;
    const short = sameInPair.find((name) => numberInEffect(name, disk.conf) < numberInEffect(name, atStart));
    return short === undefined
      ? undefined
      : `hot standby is not possible because ${short} is a lower setting than on the master`;
  }

  /** Why a transaction on this node alone would not get through; undefined when it would. */
  whyNoCommit(node: Live): string | undefined {
    if (node.disk.inRecovery) return "cannot execute in a read-only transaction";
    const streaming = this.standbysOf(node).map(({ disk }) => disk.name);
    if (node.disk.sync.size > 0 && !streaming.some((name) => node.disk.sync.has(name)))
      return `${node.disk.name} waits for its synchronous standby`;
    const { gtm } = node.disk;
    if (gtm === undefined) return undefined;
    const master = this.liveAt(gtm);
    if (master?.pod.role !== "gc" && master?.pod.role !== "gcs")
      return `cannot connect to GTMCOORD at ${gtm.host}`;
    if (!this.admitsPeer(master, node.address))
      return `no pg_hba.conf entry for host ${node.address} on the gtm`;
    return this.whyNoCommit(master);
  }

  /** The nodes one coordinator's own list leads a session to, or why it does not. */
  partners(session: Session, wanted: (name: NodeName) => boolean): readonly Live[] | string {
    const { at, user } = session;
    const found: Live[] = [];
    for (const [name, address] of at.disk.data.catalog) {
      if (name === at.disk.name || !wanted(name)) continue;
      this.dial(address.host, `${user} through ${at.disk.name}`);
      const target = this.liveAt(address);
      if (target?.disk.name !== name) return `${at.disk.name} does not find ${name} at ${address.host}`;
      if (!this.admitsPeer(target, at.address, user))
        return `${name} does not let ${at.address} in as ${user} without a password`;
      found.push(target);
    }
    return found;
  }

  /** Why a transaction over several nodes, begun on this coordinator, would not get through. */
  whyNoDistributedCommit(session: Session, wanted: (name: NodeName) => boolean): string | undefined {
    const alone = this.whyNoCommit(session.at);
    if (alone !== undefined) return alone;
    const partners = this.partners(session, wanted);
    if (typeof partners === "string") return partners;
    return partners.map((partner) => this.whyNoCommit(partner)).find((why) => why !== undefined);
  }
}

/** A datanode by its name, whether it began as dn or as ds. */
export const isDatanode = (name: NodeName): boolean => /^d[ns]_/.test(name);
