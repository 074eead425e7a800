import type { PlacedTable } from "../model/placed-table.ts";
import type { Bounds } from "./manager.ts";
import type { NodeAddress } from "./node.ts";

/** Which tables have rows where, over every database. Every verb throws a Failure. */
export interface Placement {
  /** Tables that list this datanode or, whatever the lists say, have a row on it; biggest first. Empty means that it holds nothing. */
  tablesOn(
    where: { readonly coordinator: NodeAddress; readonly datanode: NodeAddress },
    bounds: Bounds,
  ): Promise<readonly PlacedTable[]>;
  /**
   * ALTER TABLE … DELETE NODE in one transaction that nobody else writes the table beside, its rows counted before and after. Returns how many; nothing has changed
   * when it throws.
   */
  moveOff(
    table: PlacedTable,
    where: { readonly coordinator: NodeAddress; readonly datanode: NodeAddress },
    bounds: Bounds,
  ): Promise<number>;
  /**
   * Takes an empty datanode off the lists of the gtm and of every coordinator in one transaction, while DDL is locked out in every database; that it is empty is
   * looked at again under that lock. Everybody who has a list must be among `holders`. `silent`: its postgres can't be asked, and was never a member's; the lists alone are the proof.
   */
  unlist(
    where: {
      readonly gtm: NodeAddress;
      readonly holders: readonly NodeAddress[];
      readonly datanode: NodeAddress;
      readonly silent?: true;
    },
    bounds: Bounds,
  ): Promise<void>;
}
