import type { World } from "./world.ts";
import { emptyDirectoryBytes } from "../model/directory.ts";

/** A postgres is there, whether it lets the program in or not. */
const postgresAnswers = (world: World): boolean =>
  [...world.snapshot.nodes.values()].some(({ state }) => state === "up" || state === "refused");

const volumeHoldsData = (world: World): boolean =>
  world.nodes.some(({ directoryBytes }) => (directoryBytes ?? 0) >= emptyDirectoryBytes);

/**
 * Nodes are there that the manager knows nothing of: its volume was lost, or theirs belong to another cluster. INIT ALL would stop at the first such directory and
 * cleaning would destroy it, so neither is done, and nothing is defined: the catalog is rebuilt as it was, or somebody has to decide. A note of the manager's own that
 * INIT ALL was begun says that what is there is that try's.
 */
export const isLost = (world: World): boolean =>
  !world.initialised &&
  world.manager.journal !== "begun" &&
  (postgresAnswers(world) || volumeHoldsData(world));
