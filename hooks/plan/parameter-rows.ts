import type { SettingType } from "../kit/setting-value.ts";
import {
  groupLetter,
  leadingRole,
  parameterScopes,
  scopeOf,
  type ParameterScope,
  type Settings,
} from "../model/parameter.ts";
import { initialKind, type NodeKind } from "../model/role.ts";
import type { NodeName } from "../model/topology.ts";
import { limits } from "./limits.ts";
import type { NodeView, World } from "./world.ts";

/** What one SET is about: a scope as a whole, or one node of it that has something otherwise. */
export interface ParameterHolder {
  readonly target: ParameterScope | NodeName;
  /** Of a single node: what it is at the moment. */
  readonly as?: NodeKind;
  readonly scope: ParameterScope;
  readonly settings: Settings;
}

export const kindOf = ({ desired, row }: NodeView): NodeKind => row?.kind ?? initialKind[desired.role];

/** What this node is to have, limits that nobody gave included. */
export const settingsFor = (world: World, view: NodeView): Settings => ({
  ...limits(world),
  ...world.topology.parameters[view.desired.role],
});

const groupSettings = (world: World, scope: ParameterScope): Settings => ({
  ...limits(world),
  ...world.topology.parameters[leadingRole[scope]],
});

/** Where a node's own settings differ from those of its scope. */
function own(world: World, view: NodeView): Settings {
  const group = groupSettings(world, scopeOf(kindOf(view)));
  return Object.fromEntries(
    Object.entries(settingsFor(world, view)).filter(([key, value]) => group[key] !== value),
  );
}

/** Every holder in the order in which SET has to be called: a SET for all of a scope takes single nodes' rows of the same name away. */
export function parameterHolders(world: World): readonly ParameterHolder[] {
  const groups = parameterScopes.map((scope): ParameterHolder => ({
    target: scope,
    scope,
    settings: groupSettings(world, scope),
  }));
  const single = world.nodes
    .filter((view) => view.row !== undefined)
    .map((view): ParameterHolder => {
      const as = kindOf(view);
      return { target: view.desired.name, as, scope: scopeOf(as), settings: own(world, view) };
    });
  return [...groups, ...single];
}

/** How mgr_updateparm names it: `*` for all of a scope. The letter is the scope's for a single node's note as well: its kind changes with a failover. */
export const rowName = ({ target, as }: ParameterHolder): string => (as === undefined ? "*" : target);
export const noteLetter = ({ scope }: ParameterHolder): string => groupLetter[scope];

const kindLetter: Readonly<Record<NodeKind, string>> = {
  "gtmcoord master": "g",
  "gtmcoord slave": "p",
  "coordinator master": "c",
  "coordinator slave": "s",
  "datanode master": "d",
  "datanode slave": "b",
};

/** The manager's rows of one holder: values as stored, in quotes where they need them. */
export function rowsOf(world: World, holder: ParameterHolder): ReadonlyMap<string, string> {
  const letter = holder.as === undefined ? groupLetter[holder.scope] : kindLetter[holder.as];
  const rows = world.manager.parameters.filter(
    ({ node, kind }) => node === rowName(holder) && kind === letter,
  );
  return new Map(rows.map(({ key, value }) => [key, unquoted(value)]));
}

const unquoted = (value: string): string =>
  /^'.*'$/.test(value) ? value.slice(1, -1).replaceAll("''", "'") : value;

const text: SettingType = { type: "string" };

/** How values of this parameter are compared: as the engine counts them, else by the letter. */
export const typeOf = (world: World, key: string): SettingType =>
  world.nodes.map(({ running }) => running?.settings?.get(key)).find((setting) => setting !== undefined) ??
  world.manager.knownSettings.get(key) ??
  text;

export const isNoted = (world: World, holder: ParameterHolder, key: string): boolean =>
  world.manager.parameterNotes.some(
    (note) => note.node === rowName(holder) && note.letter === noteLetter(holder) && note.key === key,
  );

/** SET writes through the agents of every member it is about, and stops at the first that is away. */
export const agentsAnswer = (world: World, { target, scope, as }: ParameterHolder): boolean =>
  [...world.nodes, ...world.leaving]
    .filter(
      (view) =>
        view.member && scopeOf(kindOf(view)) === scope && (as === undefined || view.desired.name === target),
    )
    .every((view) => view.agentUp && view.hostAddress === view.address);
