import type { Action } from "../model/action.ts";
import { Failure } from "../model/failure.ts";
import { bornWith } from "../model/parameter-rules.ts";
import {
  groupLetter,
  scopeOf,
  type ParameterNote,
  type ParameterScope,
  type Settings,
} from "../model/parameter.ts";
import type { NodeKind } from "../model/role.ts";
import type { ManagerParameter } from "../model/snapshot.ts";
import type { NodeName } from "../model/topology.ts";
import type { Manager, ParameterTarget } from "../ports/manager.ts";
import { addressOf, boundsFor, type ApplyContext, withManager } from "./context.ts";

type Of<K extends Action["kind"]> = Extract<Action, { kind: K }>;

/** One file a node, one after the other: some 20 ms each. */
const filesMs = 120_000;
const nodeMs = 30_000;

interface Holder {
  readonly target: ParameterScope | NodeName;
  readonly as?: NodeKind;
}

const targetOf = ({ target, as }: Holder): ParameterTarget =>
  as === undefined ? { scope: target as ParameterScope } : { node: target as NodeName, kind: as };

const notesOf = ({ target, as }: Holder, keys: readonly string[]): readonly ParameterNote[] => {
  const scope = as === undefined ? (target as ParameterScope) : scopeOf(as);
  return keys.map((key) => ({ node: as === undefined ? "*" : target, letter: groupLetter[scope], key }));
};

/** Members it is about that run: they can say whether they would take it. */
const runningMembers = ({ target, as }: Holder, { snapshot }: ApplyContext): readonly NodeName[] =>
  (snapshot.manager?.nodes ?? [])
    .filter(
      ({ name, kind, inCluster }) =>
        inCluster && (as === undefined ? scopeOf(kind) === target : name === target),
    )
    .map(({ name }) => name)
    .filter((name) => snapshot.nodes.get(name)?.state === "up");

/**
 * The note comes before the deed, so that what a killed run has set is known as the values' own. A text that the engine refuses (a time zone that is none) is found by
 * having a node parse its file before anything reads it, and taken back: the node would not start again with it.
 */
export async function applySetParameters(action: Of<"set-parameters">, context: ApplyContext): Promise<void> {
  const { settings } = action;
  const keys = Object.keys(settings);
  await withManager(context, async (manager) => {
    const bounds = boundsFor(context, filesMs);
    if (action.passing !== true) await manager.noteParameters(notesOf(action, keys), bounds);
    await manager.setParameters(targetOf(action), settings, bounds);
    for (const name of runningMembers(action, context)) {
      const fault = await context.nodes.settingFault(
        addressOf(context, name),
        keys,
        boundsFor(context, nodeMs),
      );
      if (fault === undefined) continue;
      await takeBack(manager, action, context);
      throw new Failure({
        class: "terminal",
        code: "bad-setting",
        what: `the engine does not take ${fault}; the file was put back as it was`,
        object: `parameters of ${action.target}`,
        remedy: "correct it in the values",
      });
    }
  });
}

/** What was there before: the catalog's rows, what nodes are born with, or nothing. */
async function takeBack(
  manager: Manager,
  action: Of<"set-parameters">,
  context: ApplyContext,
): Promise<void> {
  const isBefore = ({ node, kind }: ManagerParameter): boolean =>
    action.as === undefined
      ? node === "*" && kind === groupLetter[action.target as ParameterScope]
      : node === action.target;
  const before = new Map(
    context.snapshot.manager?.parameters
      .filter(isBefore)
      .map(({ key, value }) => [key, value.replaceAll(/^'|'$/g, "")]),
  );
  const old = (key: string): string | undefined => before.get(key) ?? bornWith[key];
  const keys = Object.keys(action.settings);
  const values: Settings = Object.fromEntries(
    keys.flatMap((key) => {
      const value = old(key);
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
  const gone = keys.filter((key) => !(key in values));
  const bounds = boundsFor(context, filesMs);
  if (Object.keys(values).length > 0) await manager.setParameters(targetOf(action), values, bounds);
  if (gone.length > 0) await manager.resetParameters(targetOf(action), gone, bounds);
}

export async function applyResetParameters(
  action: Of<"reset-parameters">,
  context: ApplyContext,
): Promise<void> {
  await withManager(context, (manager) =>
    manager.resetParameters(targetOf(action), action.keys, boundsFor(context, filesMs)),
  );
}

export async function applyForgetParameters(
  action: Of<"forget-parameters">,
  context: ApplyContext,
): Promise<void> {
  await withManager(context, (manager) => manager.forgetParameters(action.notes, boundsFor(context, nodeMs)));
}

export const applyReloadSettings = (
  { target }: Of<"reload-settings">,
  context: ApplyContext,
): Promise<void> => context.nodes.reloadSettings(addressOf(context, target), boundsFor(context, nodeMs));
