import type { Settings } from "../model/parameter.ts";
import { initialKind, type NodeKind } from "../model/role.ts";
import type { LeftAlone } from "../model/action.ts";
import type { NodeView, World } from "./world.ts";

/** What the engine starts with (src/backend/utils/misc/guc.c). */
const engineLimit = 16;

/** Each of these costs a few bytes for every prepared transaction, and a restart of every node to change. */
const limitOf: Readonly<Partial<Record<NodeKind, string>>> = {
  "coordinator master": "max_coordinators",
  "datanode master": "max_datanodes",
};

const wantedOf = (world: World, kind: NodeKind): number =>
  world.nodes.filter(({ desired }) => initialKind[desired.role] === kind).length;

/** Twice what is asked for, and 64 at least: nobody restarts for growth before that. */
const withHeadroom = (wanted: number): number => Math.max(64, 2 ** Math.ceil(Math.log2(2 * wanted)));

function limit(world: World, key: string, wanted: number): number | undefined {
  const row = world.manager.parameters.find(({ node, key: name }) => node === "*" && name === key);
  const stored = Number(row?.value);
  if (stored >= wanted) return stored;
  return !world.initialised || wanted > engineLimit ? withHeadroom(wanted) : undefined;
}

/**
 * max_coordinators and max_datanodes where the values give none: with room to grow in a new cluster; in one that has the engine's 16, as soon as more are
 * asked for. The engine refuses nothing beyond them: it writes past the memory they size (src/backend/access/transam/twophase.c MarkAsPreparingGuts,
 * src/backend/commands/prepare.c ActivateDatanodeStatementOnNode).
 */
export function limits(world: World): Settings {
  const found = Object.entries(limitOf).flatMap(([kind, key]) => {
    const value = limit(world, key, wantedOf(world, kind as NodeKind));
    return value === undefined ? [] : [[key, String(value)] as const];
  });
  return Object.fromEntries(found);
}

/** Members that are not yet prepared for as many nodes as there would be with this one. */
function unprepared(
  world: World,
  view: NodeView,
): { readonly key: string; readonly nodes: readonly NodeView[] } {
  const key = (view.row === undefined ? undefined : limitOf[view.row.kind]) ?? "";
  const members = world.nodes.filter((each) => each.member && each.row?.kind === view.row?.kind).length;
  const nodes = world.nodes.filter((each) => {
    const setting = each.running?.settings?.get(key);
    return each.member && setting !== undefined && Number(setting.value) < members + 1;
  });
  return { key, nodes };
}

/** Why this node can't be appended yet; undefined where there is room for it. */
export function beyondLimit(world: World, view: NodeView): LeftAlone | undefined {
  const { key, nodes } = unprepared(world, view);
  const [first] = nodes;
  if (first === undefined) return undefined;
  const now = first.running?.settings?.get(key)?.value ?? "";
  return {
    object: view.desired.name,
    reason:
      `it is not added yet: ${nodes.map(({ desired }) => desired.name).join(", ")} run with ${key}=${now}, ` +
      "and beyond it the engine writes past its memory. The new value is in their files and needs a restart",
    remedy: restartRemedy(world),
    blocks: true,
  };
}

/** What to type for a restart of nodes. */
export function restartRemedy(world: World): string {
  const { name, namespace } = world.topology.release;
  return (
    `helm upgrade ${name} … -n ${namespace} --reuse-values --set parameters.restartPolicy=rolling restarts them one at a time; ` +
    `by hand, standbys first and gc last: kubectl -n ${namespace} delete pod POD`
  );
}
