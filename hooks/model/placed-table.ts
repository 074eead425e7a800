/** A table of which a datanode has a share. */
export interface PlacedTable {
  readonly database: string;
  /** Schema and name, quoted where they have to be. */
  readonly name: string;
  /** What it takes up on that datanode, indexes included. */
  readonly bytes: number;
  /** A partition or a table that inherits: it goes where its parent goes. */
  readonly child: boolean;
}
