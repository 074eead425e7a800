import type { LeftAlone, Step } from "../model/action.ts";
import { groupLetter, leadingRole, scopeOf, type ParameterNote } from "../model/parameter.ts";
import { badParameters } from "./bad-parameters.ts";
import type { Concern } from "./concern.ts";
import { restartRemedy } from "./limits.ts";
import { isLost } from "./lost.ts";
import { mayNotLower } from "./lowering.ts";
import { keptForStandbys, takenAway } from "./parameter-resets.ts";
import { kindOf, parameterHolders, rowName, type ParameterHolder } from "./parameter-rows.ts";
import { parameterSets } from "./parameter-sets.ts";
import type { NodeView, World } from "./world.ts";

/** Members whose postgresql.conf these steps change, or that have not read it since somebody changed it. */
function reloads(world: World, changed: readonly ParameterHolder[]): Step[] {
  const isChanged = (view: NodeView): boolean =>
    changed.some(({ target, scope, as }) =>
      as === undefined ? scopeOf(kindOf(view)) === scope : view.desired.name === target,
    );
  return world.nodes
    .filter(
      (view) =>
        view.member && view.running !== undefined && (isChanged(view) || view.running.settingsStale === true),
    )
    .map((view) => ({
      action: { kind: "reload-settings", target: view.desired.name },
      reason: isChanged(view)
        ? "its postgresql.conf is written anew"
        : "its postgresql.conf was written after it was read",
      disturbance: "none: open sessions stay",
    }));
}

/** Values that are not written while restarts are left to people. */
function notLowered(world: World): LeftAlone[] {
  const asked = parameterHolders(world).flatMap((holder) =>
    Object.keys(holder.settings)
      .filter((key) => mayNotLower(world, holder, key))
      .map((key) => ({ holder, key, value: holder.settings[key] ?? "" })),
  );
  return [...asked, ...keptForStandbys(world)]
    .filter(({ holder }) => holder.as === undefined)
    .map(({ holder, key, value }) => ({
      object: `${leadingRole[holder.scope]}.parameters.${key}`,
      reason: `it would be lowered to ${value}, which a standby survives only when its master is restarted before it`,
      remedy: restartRemedy(world),
      blocks: false,
    }));
}

/** An ALTER SYSTEM wins over what the manager writes; whoever typed it had a reason. */
function overridden(world: World): LeftAlone[] {
  return world.nodes.flatMap((view) =>
    [...(view.running?.settings ?? [])].flatMap(([key, setting]): LeftAlone[] => {
      const wanted = world.topology.parameters[view.desired.role][key];
      if (wanted === undefined || setting.overriddenIn === undefined) return [];
      const reason = `${key} is ${setting.value} by ${setting.overriddenIn} (ALTER SYSTEM), which wins over the values' ${wanted}`;
      const remedy = `on ${view.desired.name}: ALTER SYSTEM RESET ${key}; SELECT pg_reload_conf()`;
      return [{ object: view.desired.name, reason, remedy, blocks: false }];
    }),
  );
}

/** Parameters of the values: in the manager's catalog, which gives them to nodes to come, in every node's postgresql.conf, and read by it. */
export const planParameters: Concern = (world) => {
  if (isLost(world)) return { steps: [] };
  const bad = badParameters(world);
  if (bad.length > 0) return { steps: reloads(world, []), leftAlone: [...bad, ...overridden(world)] };
  const set = parameterSets(world);
  const gone = takenAway(world);
  const changed = [...set, ...gone].map(({ holder }) => holder);
  const forgotten = gone.filter(({ keys }) => keys.length > 0);
  const forget = forgotten.map(({ holder, keys }): Step => ({
    action: {
      kind: "forget-parameters",
      target: holder.target,
      notes: keys.map((key) => noteOf(holder, key)),
    },
    reason: "nothing is left of what the values asked for",
    disturbance: "none",
  }));
  return {
    steps: [
      ...set.flatMap(({ steps }) => steps),
      ...gone.flatMap(({ steps }) => steps),
      ...reloads(world, changed),
      ...forget,
    ],
    leftAlone: [...notLowered(world), ...overridden(world)],
  };
};

const noteOf = (holder: ParameterHolder, key: string): ParameterNote => ({
  node: rowName(holder),
  letter: groupLetter[holder.scope],
  key,
});
