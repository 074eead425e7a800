import type { CatalogKeeper } from "../ports/catalog-keeper.ts";
import type { Clock } from "../ports/clock.ts";
import type { Hold, Kube, Mover, WriterLease } from "../ports/kube.ts";
import type { Log } from "../ports/log.ts";
import type { ManagerConnector } from "../ports/manager.ts";
import type { Placement } from "../ports/placement.ts";
import type { Nodes } from "../ports/node.ts";
import type { Spreader } from "../ports/spreader.ts";

/** Everything outside the program that a run touches. */
export interface RunPorts {
  readonly kube: Kube;
  readonly managers: ManagerConnector;
  readonly nodes: Nodes;
  readonly placement: Placement;
  readonly spreader: Spreader;
  readonly mover: Mover;
  readonly lease: WriterLease;
  readonly hold: Hold;
  readonly keeper: CatalogKeeper;
  readonly log: Log;
  readonly clock: Clock;
  /** SCRAM verifier of the program's own password. */
  readonly programVerifier: string;
}

/** How long one node may take to tell how it is; a node that cannot within this is `unreachable`. */
export const lookTimeoutMs = 4000;
