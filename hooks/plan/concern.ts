import type { LeftAlone, Step } from "../model/action.ts";
import type { World } from "./world.ts";

/** What one concern wants done, and what it saw and leaves alone. */
export interface Findings {
  readonly steps: readonly Step[];
  readonly leftAlone?: readonly LeftAlone[];
}

/** One concern of the system: pure, total, and blind to the others. */
export type Concern = (world: World) => Findings;
