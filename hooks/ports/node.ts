import type { CatalogChange, CatalogEntry, HbaLine } from "../model/action.ts";
import type { NodeFact } from "../model/snapshot.ts";
import type { NodeKind } from "../model/role.ts";
import type { NodeName } from "../model/topology.ts";
import type { Bounds } from "./manager.ts";

export interface NodeAddress {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** What to ask a node beside how it is. */
export interface LookOptions {
  readonly kind: NodeKind;
  /** The application role and database too (coordinators). */
  readonly client: boolean;
  /** Who keeps masters from being appended (gc and coordinators). */
  readonly ddlHolders?: boolean;
  /** How many sessions of others there are. */
  readonly sessions?: boolean;
  /** Parameters to tell, beside all that wait for a restart. */
  readonly settings: readonly string[];
}

/** A node spoken to directly as the program's own role. Every verb opens its own bounded connection and throws a Failure. */
export interface Nodes {
  /** Never throws: what went wrong is the fact. */
  look(node: NodeAddress, options: LookOptions, bounds: Bounds): Promise<NodeFact>;
  /** Replaces pg_hba.conf in one piece, reloads, reads it back through pg_hba_file_rules; throws when the file has an error. */
  writeHba(node: NodeAddress, lines: readonly HbaLine[], bounds: Bounds): Promise<void>;
  /** ALTER NODE for each row (CREATE NODE never), then pgxc_pool_reload(). */
  repointCatalog(node: NodeAddress, rows: readonly CatalogChange[], bounds: Bounds): Promise<void>;
  /** DROP NODE for each, on this node's list alone; only ever called for coordinators that are no members. One that is not on the list is no failure. */
  strikeRows(node: NodeAddress, names: readonly NodeName[], bounds: Bounds): Promise<void>;
  /** CREATE NODE for each, on this node's list alone. */
  addRows(node: NodeAddress, rows: readonly CatalogEntry[], bounds: Bounds): Promise<void>;
  /** Drops a replication slot that nobody streams from; one that is not there is no failure. */
  dropSlot(node: NodeAddress, slot: string, bounds: Bounds): Promise<void>;
  /** Has postgresql.conf read again. */
  reloadSettings(node: NodeAddress, bounds: Bounds): Promise<void>;
  /** The first of these parameters whose value in postgresql.conf the engine will not take, with its word for it; those only a restart changes are not judged. */
  settingFault(node: NodeAddress, names: readonly string[], bounds: Bounds): Promise<string | undefined>;
  repointGtm(node: NodeAddress, gtm: { host: string; port: number }, bounds: Bounds): Promise<void>;
  /** Writes the standby's source address; takes effect when the standby is restarted. */
  writePrimary(node: NodeAddress, primary: { host: string; port: number }, bounds: Bounds): Promise<void>;
  makeClientRole(node: NodeAddress, bounds: Bounds): Promise<void>;
  makeClientDatabase(node: NodeAddress, bounds: Bounds): Promise<void>;
  makeMonitorRole(node: NodeAddress, bounds: Bounds): Promise<void>;
  /** Writes rows through this coordinator to every datanode and reads them back; returns how many. Leaves nothing behind. */
  verifyDistributed(node: NodeAddress, bounds: Bounds): Promise<number>;
}
