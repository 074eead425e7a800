import type { CatalogChange, HbaLine } from "../model/action.ts";
import type { NodeFact } from "../model/snapshot.ts";
import type { NodeKind } from "../model/role.ts";
import type { Bounds } from "./manager.ts";

export interface NodeAddress {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** A node spoken to directly as the program's own role. Every verb opens its own bounded connection and throws a Failure. */
export interface Nodes {
  /** Never throws: what went wrong is the fact. `client` asks for the application role and database, and the exporters' role, too (coordinators). */
  look(
    node: NodeAddress,
    options: { readonly kind: NodeKind; readonly client: boolean },
    bounds: Bounds,
  ): Promise<NodeFact>;
  /** Replaces pg_hba.conf in one piece, reloads, reads it back through pg_hba_file_rules; throws when the file has an error. */
  writeHba(node: NodeAddress, lines: readonly HbaLine[], bounds: Bounds): Promise<void>;
  /** ALTER NODE for each row (CREATE NODE never), then pgxc_pool_reload(). */
  repointCatalog(node: NodeAddress, rows: readonly CatalogChange[], bounds: Bounds): Promise<void>;
  repointGtm(node: NodeAddress, gtm: { host: string; port: number }, bounds: Bounds): Promise<void>;
  /** Writes the standby's source address; takes effect when the standby is restarted. */
  writePrimary(node: NodeAddress, primary: { host: string; port: number }, bounds: Bounds): Promise<void>;
  makeClientRole(node: NodeAddress, bounds: Bounds): Promise<void>;
  makeClientDatabase(node: NodeAddress, bounds: Bounds): Promise<void>;
  makeMonitorRole(node: NodeAddress, bounds: Bounds): Promise<void>;
  /** Writes rows through this coordinator to every datanode and reads them back; returns how many. Leaves nothing behind. */
  verifyDistributed(node: NodeAddress, bounds: Bounds): Promise<number>;
}
