import type { ActionKind, Step } from "../model/action.ts";
import { isStandbyKind } from "../model/role.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Topology } from "../model/topology.ts";
import { viewWorld, type NodeView } from "./world.ts";

/** What FLUSH HOST does as well, in its own way: lines in pg_hba.conf, agtm_host, recovery.conf, the coordinators' lists (manager reference §4.2). */
const alsoFlushed: readonly ActionKind[] = [
  "write-hba",
  "repoint-gtm",
  "reconnect-gtm",
  "repoint-standby",
  "repoint-catalog",
];

export const isFlushable = (kind: ActionKind): boolean => alsoFlushed.includes(kind);

const isSilentMaster = ({ member, row, fact }: NodeView): boolean =>
  member && row !== undefined && !isStandbyKind(row.kind) && fact.state !== "up" && fact.state !== "refused";

/** Why FLUSH HOST would fail, or do harm: it wants every agent, every gtm, coordinator and datanode master, and the right addresses. */
function whyNot(views: readonly NodeView[]): string | undefined {
  const away = views.find(({ row, agentUp }) => row !== undefined && !agentUp);
  if (away !== undefined) return `the agent of ${away.desired.name} is away`;
  const stale = views.find(
    ({ hostAddress, address }) => hostAddress !== undefined && hostAddress !== address,
  );
  if (stale !== undefined) return `the manager has an old address of ${stale.desired.name}`;
  const silent = views.find(isSilentMaster);
  return silent === undefined ? undefined : `${silent.desired.name} does not answer`;
}

/**
 * The last resort when the gentle way to put addresses right was refused again and again, or why there is none. Rows that it leaves stale, gc's among them, are the next plan's.
 * @param refused what was refused last, in a person's words
 */
export function planFallback(
  topology: Topology,
  snapshot: Snapshot,
  refused: string,
): { readonly step: Step } | { readonly whyNot: string } {
  const { manager } = snapshot;
  if (manager === undefined || manager.busy) return { whyNot: "the manager is not free" };
  const world = viewWorld(topology, snapshot, manager);
  const why = whyNot([...world.nodes, ...world.leaving]);
  if (why !== undefined) return { whyNot: why };
  const step: Step = {
    action: { kind: "flush-hosts", target: "cluster" },
    reason: `the gentle way was refused three times: ${refused}`,
    disturbance: "every standby restarts, one after the other; commits on their masters wait meanwhile",
  };
  return { step };
}
