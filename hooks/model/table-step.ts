/** A table in its turn, for those who watch tables being moved. */
export interface TableStep<Table> {
  readonly table: Table;
  /** Of all that were found so far, from 1. */
  readonly index: number;
  readonly of: number;
  /** What is still to be moved when it is. */
  readonly bytesLeft: number;
}
