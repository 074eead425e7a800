import { sameSetting } from "../kit/setting-value.ts";
import type { Step } from "../model/action.ts";
import { scopeOf, type ParameterScope, type Settings } from "../model/parameter.ts";
import { isStandbyKind } from "../model/role.ts";
import { limits } from "./limits.ts";
import { mastersFirst, mayNotLower } from "./lowering.ts";
import {
  agentsAnswer,
  isNoted,
  kindOf,
  parameterHolders,
  rowsOf,
  typeOf,
  type ParameterHolder,
} from "./parameter-rows.ts";
import type { NodeView, World } from "./world.ts";

/** Before there is a node to ask, only what the manager's server knows is set: a name the engine does not know keeps a node from starting. */
const canBeSet = (world: World, key: string): boolean =>
  world.initialised || world.manager.knownSettings.has(key) || key in limits(world);

/** Less of what standbys need as much of: nobody's where restarts are left to people, and at first the masters' alone. */
const heldBack = (
  world: World,
  asked: Pick<ParameterHolder, "scope" | "settings" | "as">,
  key: string,
): boolean =>
  mayNotLower(world, asked, key) ||
  ((asked.as === undefined || isStandbyKind(asked.as)) && mastersFirst(world, asked, key));

const pick = (settings: Settings, wanted: (key: string, value: string) => boolean): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([key, value]) => wanted(key, value)));

/** Settings of a holder that the manager's catalog does not have, so that nodes to come would be born without them. */
function wrongInCatalog(world: World, holder: ParameterHolder): Settings {
  const rows = rowsOf(world, holder);
  return pick(holder.settings, (key, value) => {
    if (!canBeSet(world, key) || heldBack(world, holder, key)) return false;
    const row = rows.get(key);
    return row === undefined || !sameSetting(row, value, typeOf(world, key)) || !isNoted(world, holder, key);
  });
}

/** Settings that this node's postgresql.conf has otherwise, though the catalog is right. */
function wrongInFile(world: World, view: NodeView, wanted: Settings): Settings {
  const { settings } = view.running ?? {};
  if (settings === undefined || !view.member) return {};
  const as = kindOf(view);
  return pick(wanted, (key, value) => {
    // What belongs to a library that is not loaded is shown nowhere.
    const setting = settings.get(key);
    if (setting === undefined || heldBack(world, { scope: scopeOf(as), settings: wanted, as }, key))
      return false;
    return setting.file === undefined || !sameSetting(setting.file, value, setting);
  });
}

/** @param passing the scope's own value, written to one node's file: no note is made of it */
const setStep = (
  { target, as }: ParameterHolder,
  settings: Settings,
  { reason, passing }: { readonly reason: string; readonly passing?: true },
): Step => ({
  action: {
    kind: "set-parameters",
    target,
    ...(as === undefined ? {} : { as }),
    settings,
    ...(passing === undefined ? {} : { passing }),
  },
  reason,
  disturbance: "none: sessions take new values as they go, and what needs a restart waits for one",
});

const unlessEmpty = (settings: Settings, step: (settings: Settings) => Step): readonly Step[] =>
  Object.keys(settings).length === 0 ? [] : [step(settings)];

export interface ParameterSet {
  readonly holder: ParameterHolder;
  readonly steps: readonly Step[];
}

/** What is set for whole scopes, and then for single nodes, whose rows a SET for the scope takes away. */
export function parameterSets(world: World): readonly ParameterSet[] {
  const groups = new Map<ParameterScope, { readonly wanted: Settings; readonly anew: Settings }>();
  return parameterHolders(world).flatMap((holder): ParameterSet[] => {
    if (!agentsAnswer(world, holder)) return [];
    const missing = wrongInCatalog(world, holder);
    const group = groups.get(holder.scope) ?? { wanted: holder.settings, anew: missing };
    groups.set(holder.scope, group);
    const view = world.nodes.find(({ desired }) => desired.name === holder.target);
    const asked = "the values ask for it and the manager does not have it so";
    const drifted = "its postgresql.conf has it otherwise";
    if (holder.as === undefined || view === undefined)
      return found(
        holder,
        unlessEmpty(missing, (settings) => setStep(holder, settings, { reason: asked })),
      );
    const inFile = wrongInFile(world, view, { ...group.wanted, ...holder.settings });
    const own = pick(holder.settings, (key) => key in missing || key in inFile || key in group.anew);
    const common = pick(inFile, (key) => !(key in holder.settings) && !(key in group.anew));
    const reason = Object.keys(missing).length > 0 ? asked : drifted;
    return found(holder, [
      ...unlessEmpty(own, (settings) => setStep(holder, settings, { reason })),
      ...unlessEmpty(common, (settings) => setStep(holder, settings, { reason: drifted, passing: true })),
    ]);
  });
}

const found = (holder: ParameterHolder, steps: readonly Step[]): ParameterSet[] =>
  steps.length === 0 ? [] : [{ holder, steps }];
