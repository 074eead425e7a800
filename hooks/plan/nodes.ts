import type { LeftAlone, Step } from "../model/action.ts";
import { initialKind, isStandbyKind } from "../model/role.ts";
import type { NodeName } from "../model/topology.ts";
import { badParameters } from "./bad-parameters.ts";
import type { Concern } from "./concern.ts";
import { isLost } from "./lost.ts";
import type { NodeView, World } from "./world.ts";

/** The master of the pair a new standby belongs to, which after a failover is not the node it is named after. */
function currentLeader(world: World, follows: NodeName | undefined): NodeName | undefined {
  const row = follows === undefined ? undefined : world.byName.get(follows)?.row;
  return row !== undefined && isStandbyKind(row.kind) && row.master !== undefined ? row.master : follows;
}

function defineNode(world: World, { desired }: NodeView): Step {
  const follows = currentLeader(world, desired.follows);
  return {
    action: {
      kind: "add-node",
      target: desired.name,
      as: initialKind[desired.role],
      port: desired.port,
      path: world.topology.engine.dataDir,
      ...(follows === undefined ? {} : { follows }),
    },
    reason: "the values ask for it and the manager does not define it",
    disturbance: "none",
  };
}

/** A standby can be defined once its master is; the masters of this plan stand before it, because roles are sorted in start order. */
function hasLeader(world: World, { desired }: NodeView): boolean {
  const leader = currentLeader(world, desired.follows);
  if (leader === undefined) return true;
  const defined = world.manager.nodes.some(({ name }) => name === leader);
  return defined || world.byName.get(leader)?.address !== undefined;
}

/** What the manager defines otherwise than the values say; port and path of a member cannot change (manager reference §2.2). */
function differences({ desired, row }: NodeView, dataDir: string): LeftAlone[] {
  if (row === undefined) return [];
  const wrong: string[] = [];
  if (row.host !== desired.name) wrong.push(`host ${row.host} instead of ${desired.name}`);
  if (row.port !== desired.port) wrong.push(`port ${row.port} instead of ${desired.port}`);
  if (row.path !== dataDir) wrong.push(`directory ${row.path} instead of ${dataDir}`);
  if (wrong.length === 0) return [];
  return [
    {
      object: desired.name,
      reason: `the manager defines it with ${wrong.join(", ")}`,
      remedy: "ports and directories are fixed once a cluster is initialised: put the old values back",
      blocks: true,
    },
  ];
}

/** ADD for every desired node the manager does not define; names what differs and what is defined beyond the values. */
export const planNodes: Concern = (world) => {
  if (isLost(world)) return { steps: [] };
  const strangers = world.manager.nodes
    .filter((row) => !world.byName.has(row.name))
    .map((row): LeftAlone => ({
      object: row.name,
      reason: `the manager has it (${row.kind}) and the values do not`,
      remedy: "its name is none of the chart's: whoever added it through the manager has to remove it there",
      blocks: false,
    }));
  const held = badParameters(world).length > 0;
  return {
    steps: world.nodes
      .filter(
        (view) => !held && view.row === undefined && view.address !== undefined && hasLeader(world, view),
      )
      .map((view) => defineNode(world, view)),
    leftAlone: [
      ...world.nodes.flatMap((view) => differences(view, world.topology.engine.dataDir)),
      ...strangers,
    ],
  };
};
