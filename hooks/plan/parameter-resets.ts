import { sameSetting } from "../kit/setting-value.ts";
import type { Step } from "../model/action.ts";
import { bornWith, engineDefaults } from "../model/parameter-rules.ts";
import type { Settings } from "../model/parameter.ts";
import { isStandbyKind } from "../model/role.ts";
import { mastersFirst, mayNotLower } from "./lowering.ts";
import {
  agentsAnswer,
  noteLetter,
  parameterHolders,
  rowName,
  rowsOf,
  settingsFor,
  typeOf,
  type ParameterHolder,
} from "./parameter-rows.ts";
import type { World } from "./world.ts";

/** What the values no longer ask for and are known to have asked for once. */
export interface TakenAway {
  readonly holder: ParameterHolder;
  readonly keys: readonly string[];
  readonly steps: readonly Step[];
}

/** What such a parameter goes back to: what the scope has, or what a node is born with; undefined: nothing in the file, the engine's default. */
function backTo(world: World, holder: ParameterHolder, key: string): string | undefined {
  const view =
    holder.as === undefined ? undefined : world.nodes.find(({ desired }) => desired.name === holder.target);
  return (
    (view === undefined ? undefined : settingsFor(world, view)[key]) ?? bornWith[key] ?? engineDefaults[key]
  );
}

function stepsFor(world: World, holder: ParameterHolder, keys: readonly string[]): readonly Step[] {
  const rows = rowsOf(world, holder);
  const values: Record<string, string> = {};
  const reset: string[] = [];
  for (const key of keys) {
    const value = backTo(world, holder, key);
    if (value === undefined) reset.push(key);
    else if (!sameSetting(rows.get(key) ?? "", value, typeOf(world, key))) values[key] = value;
  }
  const on = { target: holder.target, ...(holder.as === undefined ? {} : { as: holder.as }) };
  const reason = "the values no longer ask for it";
  const disturbance = "none: what needs a restart waits for one";
  return [
    ...(Object.keys(values).length === 0
      ? []
      : [
          {
            action: { kind: "set-parameters", ...on, settings: values as Settings, passing: true },
            reason,
            disturbance,
          } as const,
        ]),
    ...(reset.length === 0
      ? []
      : [{ action: { kind: "reset-parameters", ...on, keys: reset }, reason, disturbance } as const]),
  ];
}

/** What a value taken away would be, as one that is asked for. */
const instead = (
  world: World,
  holder: ParameterHolder,
  key: string,
): Pick<ParameterHolder, "scope" | "settings"> => {
  const value = backTo(world, holder, key);
  return { scope: holder.scope, settings: value === undefined ? {} : { [key]: value } };
};

/** Only what the program noted as the values' own is taken back: what a person SET through the manager stays. */
const notedKeys = (world: World, holder: ParameterHolder): readonly string[] =>
  world.manager.parameterNotes
    .filter((note) => note.node === rowName(holder) && note.letter === noteLetter(holder))
    .map(({ key }) => key)
    .filter((key) => !(key in holder.settings));

/** Taken away, and left as they are while restarts are left to people: what they go back to is less than standbys can start with. */
export const keptForStandbys = (
  world: World,
): readonly { readonly holder: ParameterHolder; readonly key: string; readonly value: string }[] =>
  parameterHolders(world).flatMap((holder) =>
    notedKeys(world, holder)
      .filter((key) => mayNotLower(world, instead(world, holder, key), key))
      .map((key) => ({ holder, key, value: backTo(world, holder, key) ?? "" })),
  );

/** The masters of a scope whose own file still has more than what these keys go back to. */
function onMasters(world: World, group: ParameterHolder, keys: readonly string[]): readonly TakenAway[] {
  const masters = parameterHolders(world).filter(
    ({ scope, as }) => scope === group.scope && as !== undefined && !isStandbyKind(as),
  );
  return masters.flatMap((holder): TakenAway[] => {
    const view = world.nodes.find(({ desired }) => desired.name === holder.target);
    const stale = keys.filter((key) => {
      const setting = view?.running?.settings?.get(key);
      return (
        setting !== undefined && !sameSetting(setting.file ?? "", backTo(world, group, key) ?? "", setting)
      );
    });
    if (stale.length === 0 || view?.member !== true || !agentsAnswer(world, holder)) return [];
    const settings = Object.fromEntries(stale.map((key) => [key, backTo(world, group, key) ?? ""]));
    const { target, as } = holder as Required<ParameterHolder>;
    const step: Step = {
      action: { kind: "set-parameters", target, as, settings, passing: true },
      reason: "the values no longer ask for it, and its standby can have less only after it",
      disturbance: "none: what needs a restart waits for one",
    };
    return [{ holder, keys: [], steps: [step] }];
  });
}

export function takenAway(world: World): readonly TakenAway[] {
  return parameterHolders(world).flatMap((holder): readonly TakenAway[] => {
    const keys = notedKeys(world, holder).filter(
      (key) => !mayNotLower(world, instead(world, holder, key), key),
    );
    const later = keys.filter((key) => mastersFirst(world, instead(world, holder, key), key));
    const now = keys.filter((key) => !later.includes(key));
    const first = holder.as === undefined ? onMasters(world, holder, later) : [];
    if (now.length === 0 || !agentsAnswer(world, holder)) return first;
    return [...first, { holder, keys: now, steps: stepsFor(world, holder, now) }];
  });
}
