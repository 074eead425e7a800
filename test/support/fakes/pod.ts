import type { Role } from "../../../hooks/model/role.ts";
import type { PodTrouble } from "../../../hooks/model/snapshot.ts";
import type { NodeName } from "../../../hooks/model/topology.ts";
import type { Conf, Loaded } from "./settings.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What a standby receives from its master: everything in the database itself. */
export interface Replicated {
  /** Role → stored password. */
  readonly roles: Map<string, string>;
  readonly databases: Set<string>;
  /** pgxc_node. */
  readonly catalog: Map<NodeName, Address>;
  rows: number;
}

/** A data directory: what survives its pod. */
export interface Disk {
  readonly name: NodeName;
  readonly port: number;
  /** Differs for every initdb: two directories of one cluster's pair have the same. */
  readonly systemId: number;
  inRecovery: boolean;
  /** How often postgres was started on it: each start leaves something in the directory. */
  starts: number;
  hba: readonly string[];
  /** agtm_host, agtm_port; gtm nodes need none. */
  gtm?: Address;
  /** recovery.conf. */
  primary?: Address;
  /** Replication slots; a standby's bears its name. */
  readonly slots: Set<string>;
  /** synchronous_standby_names. */
  readonly sync: Set<NodeName>;
  /** postgresql.conf: replaced as a whole, so that who has read it can be told from who has not. */
  conf: Conf;
  data: Replicated;
}

/** A pod with its volume; StatefulSet pods come back under the same name with the same volume and another address. */
export interface Pod {
  readonly name: string;
  readonly role: Role;
  uid: string;
  ip: string | undefined;
  hostName: string;
  ready: boolean;
  terminating: boolean;
  /** Its label antdb.io/state: a new pod has none. */
  state?: string;
  trouble?: PodTrouble;
  /** Files in the data directory that nobody of this cluster made. */
  foreignBytes: number;
  /** What an initdb or a copy that was cut off has left. */
  partialBytes?: number;
  disk?: Disk;
  /** Sessions of clients, or of coordinators. */
  sessions?: number;
  /** postgres runs. */
  running: boolean;
  /** recovery.conf as it was when postgres started: it is not read again. */
  primaryInEffect?: Address;
  /** postgresql.conf as the running postgres has read it. */
  loaded?: Loaded;
}

export const cloneData = (data: Replicated): Replicated => ({
  roles: new Map(data.roles),
  databases: new Set(data.databases),
  catalog: new Map(data.catalog),
  rows: data.rows,
});
