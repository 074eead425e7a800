import type { LeftAlone } from "../model/action.ts";
import { isStandbyKind } from "../model/role.ts";
import { isListed, keptRow, type Proof } from "./proof.ts";
import type { NodeView } from "./world.ts";

/** The nodes of one pair, or gc and its standbys: one of them is master. */
export type Group = readonly NodeView[];

/** Its master; or why nothing proves one; undefined for a group that is no part of the cluster. */
export type Leader = NodeView | LeftAlone | undefined;

export const isUnclear = (leader: Leader): leader is LeftAlone => leader !== undefined && "reason" in leader;

const rules = ({ running }: NodeView): boolean => running?.inRecovery === false;
const follows = ({ running }: NodeView): boolean => running?.inRecovery === true;

export function unclear(object: string, why: string, remedy: string): LeftAlone {
  return { object, reason: `the manager lost its catalog, and ${why}`, remedy, blocks: true };
}

const stopIt = ({ desired }: NodeView): string =>
  `if it is not the master, stop it: kubectl exec ${desired.pod} -c antdb -- pg_ctl stop -m fast -D <its directory>`;

const twoMasters = (one: NodeView, other: NodeView): LeftAlone =>
  unclear(
    one.desired.name,
    `it runs as a master beside ${other.desired.name}: only one of the two can be right`,
    `${stopIt(one)}; the same for ${other.desired.name}`,
  );

/** The master that every coordinator sends its statements to. */
function byLists(listed: NodeView, group: Group): Leader {
  const { name } = listed.desired;
  if (follows(listed))
    return unclear(
      name,
      "the coordinators send writes to it, but it is a standby: a switch of masters was cut off",
      `promote the one that is ahead (pg_ctl promote), and give its name and address to every coordinator (ALTER NODE)`,
    );
  const other = group.find((view) => view !== listed && rules(view));
  return other === undefined
    ? listed
    : unclear(
        other.desired.name,
        `it runs as a master, but the coordinators know ${name} as the master`,
        stopIt(other),
      );
}

/** Nobody lists it, or no list can be read: what was kept counts as far as the nodes that run don't say otherwise. */
function byKept(proof: Proof, group: Group): Leader {
  const was = group.find((view) => {
    const row = keptRow(proof, view);
    return row?.inCluster === true && !isStandbyKind(row.kind);
  });
  const now = group.find(rules);
  const [alive] = group.filter((view) => rules(view) || follows(view));
  if (was === undefined)
    return alive === undefined
      ? undefined
      : unclear(
          alive.desired.name,
          "nothing proves it a member: it runs, no coordinator lists it, and nothing of it was kept",
          "start the gtm or a coordinator by hand (kubectl exec <pod> -c antdb -- pg_ctl start -D <its directory>): its pgxc_node tells; or put mgr's old volume back",
        );
  if (now !== undefined && (now === was || proof.listed === undefined)) return now;
  if (now === undefined && !follows(was)) return was;
  return unclear(
    was.desired.name,
    `it was the master of ${group.map(({ desired }) => desired.name).join(" and ")}, and is not now`,
    "start the one that is the master now by hand (kubectl exec <pod> -c antdb -- pg_ctl start -D <its directory>)",
  );
}

export function leaderOf(proof: Proof, group: Group): Leader {
  const [one, other] = group.filter(rules);
  if (one !== undefined && other !== undefined) return twoMasters(one, other);
  const [listed, second] = group.filter((view) => isListed(proof, view));
  if (listed === undefined) return byKept(proof, group);
  return second === undefined
    ? byLists(listed, group)
    : unclear(
        second.desired.name,
        `the coordinators list it and ${listed.desired.name}, of which one is the other's standby`,
        "DROP NODE the standby on every coordinator",
      );
}
