import type { CatalogEntry, LeftAlone, Step } from "../model/action.ts";
import type { ManagerNode } from "../model/snapshot.ts";
import type { NodeName } from "../model/topology.ts";
import type { Findings } from "./concern.ts";
import { gtmMaster, isAwaited, isEmptyDirectory, isMasterNow, type NodeView, type World } from "./world.ts";

/** gc and the coordinators: who has a list that queries and DDL go by. */
const holders = (world: World): readonly NodeView[] =>
  [...world.nodes, ...world.leaving].filter(
    ({ member, row }) => member && (row?.kind === "gtmcoord master" || row?.kind === "coordinator master"),
  );

const lists = ({ running }: NodeView, name: NodeName): boolean =>
  running?.catalog.some((row) => row.name === name && row.standby !== true) === true;

/** The program noted that it was about to append this very node. */
const hasAppendNote = (world: World, row: ManagerNode): boolean =>
  world.manager.appends.some(({ node, kind }) => node === row.name && kind === row.kind);

/** INIT ALL was cut off in its last section, when some were members already; APPEND can bring the others in once it has a coordinator and a datanode to copy from. */
const isCutShort = ({ manager }: World): boolean =>
  manager.journal === "begun" &&
  ["coordinator master", "datanode master"].every((kind) =>
    manager.nodes.some((row) => row.inCluster && row.kind === kind),
  );

/** Whatever is in its directory is the program's own doing: of an APPEND, or of an INIT ALL that was never seen to be whole. A gtm master is made by INIT ALL alone. */
const isOwnDoing = (world: World, row: ManagerNode): boolean =>
  row.kind !== "gtmcoord master" && (hasAppendNote(world, row) || isCutShort(world));

const isHalfAdded = (view: NodeView, row: ManagerNode): boolean =>
  row.initialised || (view.directoryBytes !== undefined && !isEmptyDirectory(view));

function leaveAlone(view: NodeView, row: ManagerNode): LeftAlone {
  const kind = row.kind.toUpperCase();
  const { name } = view.desired;
  const reason = row.initialised
    ? "it was half added: initialised, but not in the cluster; and no note of this program says by whom"
    : "it is no member, but its directory is not empty, and no note of this program says that it may be emptied";
  // CLEAN leaves the flag initialised as it is, and APPEND refuses such a row (manager reference §5.5): only DROP takes it away.
  const drop = row.initialised ? ` DROP ${kind} ${name};` : "";
  const remedy =
    `if nothing in it is needed, through the manager: STOP ${kind} ${name} MODE FAST; CLEAN ${kind} ${name};${drop} ` +
    "then run reconcile again";
  return { object: name, reason, remedy, blocks: true };
}

/** Off the lists first, which is where it is proved that no table lies on it; only then is anything cleaned. */
function takeOffLists(world: World, view: NodeView, row: ManagerNode): readonly Step[] {
  const { name } = view.desired;
  const having = holders(world).filter((holder) => lists(holder, name));
  if (having.length === 0) return [];
  const reason = `an APPEND of ${name} that was cut off left its row there`;
  if (row.kind === "coordinator master")
    return having.map(({ desired }) => ({
      action: { kind: "strike-rows", target: desired.name, names: [name] },
      reason: `${reason}; DDL fails while it leads to a coordinator that is none`,
      disturbance: "its pooled connections are renewed",
    }));
  const action = {
    kind: "unlist-datanode",
    target: name,
    holders: having.map(({ desired }) => desired.name),
    ...(view.running === undefined ? { silent: true as const } : {}),
  } as const;
  return [
    { action, reason, disturbance: "DDL is refused for some seconds (cannot execute … in a locked cluster)" },
  ];
}

function clear(view: NodeView, row: ManagerNode): Step {
  return {
    action: { kind: "clear-append", target: view.desired.name, as: row.kind, redefine: row.initialised },
    reason: "an APPEND of this program's own was cut off: what it left is cleared, and it is appended anew",
    disturbance:
      row.kind.endsWith(" slave") && isAwaited(row)
        ? `none, or where ${row.master ?? "its master"} already waits for it, commits there until it is back`
        : "none: it is no member",
  };
}

/**
 * What has to go before this node can be appended; undefined where nothing has. Everybody who has a list has to be there.
 * @param returns its directory is proved to be one that it left behind, which its APPEND empties
 */
export function planLeftovers(
  world: World,
  view: NodeView,
  row: ManagerNode,
  returns: boolean,
): Findings | undefined {
  const half = !returns && isHalfAdded(view, row);
  if (half && !isOwnDoing(world, row)) return { steps: [], leftAlone: [leaveAlone(view, row)] };
  const listed = takeOffLists(world, view, row);
  if (listed.length > 0) return { steps: listed };
  return half ? { steps: [clear(view, row)] } : undefined;
}

function listedByGtm(world: World, name: NodeName): boolean {
  const gtm = gtmMaster(world);
  return gtm !== undefined && lists(gtm, name);
}

/** What the list of this coordinator lacks because its own APPEND, noted by this program, was cut off in its last steps. */
export function missingRows(world: World, view: NodeView): readonly CatalogEntry[] {
  if (view.row?.kind !== "coordinator master" || view.running === undefined) return [];
  if (!view.member || !hasAppendNote(world, view.row)) return [];
  return world.nodes.flatMap((node): readonly CatalogEntry[] => {
    const { member, row, address: host, desired } = node;
    if (!member || row === undefined || host === undefined || !isMasterNow(node)) return [];
    // What gc does not list was taken off on purpose, or is for a person to judge.
    if (lists(view, desired.name) || row.kind === "gtmcoord master" || !listedByGtm(world, desired.name))
      return [];
    const as = row.kind === "coordinator master" ? "coordinator" : "datanode";
    return [{ name: desired.name, as, host, port: desired.port }];
  });
}

/** A member whose APPEND was not seen to its end: its last steps are what a coordinator's own list and a restart are for. */
function finish(world: World, view: NodeView): readonly Step[] {
  const target = view.desired.name;
  const rows = missingRows(world, view);
  if (rows.length > 0)
    return [
      {
        action: { kind: "add-rows", target, rows },
        reason: `its APPEND was cut off before its list had ${rows.map(({ name }) => name).join(", ")}`,
        disturbance: "none: no client is led to it yet",
      },
    ];
  if (view.running === undefined) return [];
  return [
    {
      action: { kind: "forget-append", target },
      reason: "its APPEND was cut off after it had become a member, and it is whole",
      disturbance: "none",
    },
  ];
}

export const planUnfinished = (world: World): readonly Step[] =>
  world.nodes.flatMap((view) =>
    view.member && view.row !== undefined && hasAppendNote(world, view.row) ? finish(world, view) : [],
  );
