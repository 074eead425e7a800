import type { NodeRoom, SpreadTable } from "../model/spread-table.ts";
import type { Bounds } from "./manager.ts";
import type { NodeAddress } from "./node.ts";

/** Tables that do not lie on all datanodes, and how they come to. Every verb throws a Failure. */
export interface Spreader {
  /** Tables that lack one of these datanodes, every database, biggest first. Sizes are asked of the datanodes they lie on. */
  tablesLacking(
    where: { readonly coordinator: NodeAddress; readonly datanodes: readonly NodeAddress[] },
    bounds: Bounds,
  ): Promise<readonly SpreadTable[]>;
  /**
   * ALTER TABLE … ADD NODE with those of `onto` it lacks, in one transaction as moveOff has it. Returns the rows counted. When the signal aborts, the statement is
   * cancelled at the server: a connection that is only cut would leave it going on there, with its locks.
   */
  extend(
    table: Pick<SpreadTable, "database" | "name" | "how">,
    where: { readonly coordinator: NodeAddress; readonly onto: readonly string[] },
    bounds: Bounds,
  ): Promise<number>;
  /**
   * Ends what a mover that was killed left running on a coordinator, which rolls it back: its statement goes on there until it would say something to its client.
   * Returns how many there were. Only for who holds the mover's token.
   */
  endOrphans(coordinator: NodeAddress, bounds: Bounds): Promise<number>;
  /** Free bytes on the volumes of a node, standbys too. */
  roomOn(node: NodeAddress, bounds: Bounds): Promise<NodeRoom>;
}
