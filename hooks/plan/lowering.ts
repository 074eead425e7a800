import { sameInPair } from "../model/parameter-rules.ts";
import { scopeOf } from "../model/parameter.ts";
import { isStandbyKind } from "../model/role.ts";
import { kindOf, rowsOf, type ParameterHolder } from "./parameter-rows.ts";
import { streams, type NodeView, type World } from "./world.ts";

type Asked = Pick<ParameterHolder, "scope" | "settings">;

const valueOf = (view: NodeView, key: string): number => Number(view.running?.settings?.get(key)?.value);

const membersOf = (world: World, scope: ParameterHolder["scope"]): readonly NodeView[] =>
  world.nodes.filter((view) => view.member && scopeOf(kindOf(view)) === scope);

/**
 * A standby with less than its master of these does not start. Once it stands in the standby's file only a restart of the master makes that right, so it is
 * written only where restarts follow, masters first.
 */
export const mayNotLower = (world: World, { scope, settings }: Asked, key: string): boolean =>
  sameInPair.includes(key) &&
  world.topology.restartPolicy === "manual" &&
  world.manager.journal === "finished" &&
  world.nodes.some((view) => scopeOf(kindOf(view)) === scope && valueOf(view, key) > Number(settings[key]));

/**
 * Whether standbys may not be told of this value yet. One does not start with less than the last it heard of its master's (src/backend/access/transam/xlog.c,
 * CheckRequiredParameterValues: what pg_control says), however little the master has by now. So less is written to the masters alone, and to all of the
 * scope when every master runs with it and every standby streams: whatever stops meanwhile, a standby can start.
 */
export function mastersFirst(world: World, { scope, settings }: Asked, key: string): boolean {
  if (!sameInPair.includes(key) || world.manager.journal !== "finished") return false;
  const members = membersOf(world, scope);
  if (!members.some((view) => isStandbyKind(kindOf(view)))) return false;
  const wanted = Number(settings[key]);
  const stored = Number(rowsOf(world, { target: scope, scope, settings }).get(key));
  return members.some((view) => {
    if (view.running === undefined) return stored > wanted;
    if (!(valueOf(view, key) > wanted)) return false;
    return !isStandbyKind(kindOf(view)) || !streams(world, view);
  });
}
