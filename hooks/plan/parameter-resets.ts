import { sameSetting } from "../kit/setting-value.ts";
import type { Step } from "../model/action.ts";
import { bornWith } from "../model/parameter-rules.ts";
import type { Settings } from "../model/parameter.ts";
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
  return (view === undefined ? undefined : settingsFor(world, view)[key]) ?? bornWith[key];
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

/** Only what the program noted as the values' own is taken back: what a person SET through the manager stays. */
export function takenAway(world: World): readonly TakenAway[] {
  return parameterHolders(world).flatMap((holder) => {
    const keys = world.manager.parameterNotes
      .filter((note) => note.node === rowName(holder) && note.letter === noteLetter(holder))
      .map(({ key }) => key)
      .filter((key) => !(key in holder.settings));
    if (keys.length === 0 || !agentsAnswer(world, holder)) return [];
    return [{ holder, keys, steps: stepsFor(world, holder, keys) }];
  });
}
