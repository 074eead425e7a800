/** How a table's rows are spread over datanodes (pclocatortype, src/include/catalog/pgxc_class.h). */
export type Spreading =
  "hash" | "modulo" | "round robin" | "replicated" | "hashmap" | "range" | "list" | "other";

/** What a table takes up on one datanode, its partitions included. */
export interface TableShare {
  readonly heapBytes: number;
  readonly indexBytes: number;
}

/** A table that does not lie on all datanodes it could lie on. Partitions and children are part of their root. */
export interface SpreadTable {
  readonly database: string;
  /** Schema and name, quoted where they have to be. */
  readonly name: string;
  readonly how: Spreading;
  /** Datanodes that have a share. */
  readonly on: readonly string[];
  /** Those that are to have one, and have none. */
  readonly lacks: readonly string[];
  /** As the engine last counted them (reltuples); 0 where it never did. */
  readonly rows: number;
  /** By datanode. */
  readonly shares: ReadonlyMap<string, TableShare>;
  /** Moved through the coordinator, which keeps all its rows meanwhile (src/backend/pgxc/locator/redistrib.c distrib_can_use_reduce). */
  readonly unlogged: boolean;
}

/** Free bytes where a node's files are. */
export interface NodeRoom {
  readonly dataFreeBytes: number;
  /** Only where the write-ahead log has a volume of its own. */
  readonly walFreeBytes?: number;
}

export const nameOfTable = ({
  database,
  name,
}: {
  readonly database: string;
  readonly name: string;
}): string => `${database}: ${name}`;

const sizeOf = ({ heapBytes, indexBytes }: TableShare): number => heapBytes + indexBytes;

/** On all datanodes together. */
export const bytesOfTable = ({ shares }: SpreadTable): number =>
  [...shares.values()].reduce((sum, share) => sum + sizeOf(share), 0);
