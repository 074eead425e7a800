import type { GtmAddress, LeftAlone, Step } from "../model/action.ts";
import { isStandbyKind, type NodeKind } from "../model/role.ts";
import type { Concern } from "./concern.ts";
import { gtmAddress } from "./gtm.ts";
import { isEmptyDirectory, type NodeView } from "./world.ts";

/** A member without its files. Initialising it anew would put an empty node in the place of one that held rows. */
function lostVolume(view: NodeView): LeftAlone {
  const standby = view.row !== undefined && isStandbyKind(view.row.kind);
  const name = view.desired.name;
  const kind = (view.row?.kind ?? "").toUpperCase();
  return {
    object: name,
    reason: "it is a member of the cluster, but its volume is empty: it was replaced or wiped",
    remedy: standby
      ? `rebuild it from its master through the manager: REMOVE ${kind} ${name}; CLEAN ${kind} ${name}; APPEND ${kind} ${name}`
      : "put its volume back, or fail over to its standby through the manager and rebuild it as a standby; it is never initialised anew",
    blocks: true,
  };
}

const asksGtm = (kind: NodeKind): boolean => !kind.startsWith("gtmcoord");

function startNode({ desired, row }: NodeView, gtm: GtmAddress | undefined): Step[] {
  if (row === undefined) return [];
  const action = {
    kind: "start-node",
    target: desired.name,
    as: row.kind,
    ...(gtm === undefined || !asksGtm(row.kind) ? {} : { gtm }),
  } as const;
  return [{ action, reason: "its pod is there and its postgres does not run", disturbance: "none" }];
}

/** START for members whose postgres does not run, gtm first by the order of the list; a member with an empty volume is left alone. */
export const planStarts: Concern = (world) => {
  const down = world.nodes.filter((view) => view.member && view.agentUp && view.fact.state === "down");
  const lost = down.filter(isEmptyDirectory);
  const gtm = gtmAddress(world);
  const steps = down.filter((view) => !lost.includes(view)).flatMap((view) => startNode(view, gtm));
  const silent = world.nodes.filter((view) => view.member && view.agentUp && isSilent(view));
  const waits = silent.map((view): Step => ({
    action: { kind: "wait", target: view.desired.name, for: "its postgres to answer" },
    reason: "detail" in view.fact ? view.fact.detail : "no answer",
    disturbance: "none",
  }));
  return { steps: [...steps, ...waits], leftAlone: lost.map(lostVolume) };
};

/** It may be replaying its log (57P03) or be too busy to answer in time: both pass by themselves. */
const isSilent = ({ fact }: NodeView): boolean =>
  fact.state === "unreachable" || (fact.state === "refused" && !isLoginRefusal(fact.code));

/** 28000: no line in pg_hba.conf or no such role; 28P01: wrong password. */
export const isLoginRefusal = (code: string): boolean => code === "28000" || code === "28P01";
