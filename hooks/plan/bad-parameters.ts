import { readSettingValue, type SettingType } from "../kit/setting-value.ts";
import type { LeftAlone } from "../model/action.ts";
import { leadingRole, parameterScopes, scopeOf } from "../model/parameter.ts";
import { initialKind, nodeRoles, type NodeRole } from "../model/role.ts";
import type { World } from "./world.ts";

/** What is known of a parameter: from a running node, which knows all of them, else from the manager's own server, which knows most. */
function knowledge(
  world: World,
  key: string,
): (SettingType & { readonly context?: string }) | "unknown" | "nobody to ask" {
  const asked = world.nodes.flatMap(({ running }) =>
    running?.settings === undefined ? [] : [running.settings],
  );
  const found = asked.map((settings) => settings.get(key)).find((setting) => setting !== undefined);
  if (found !== undefined) return found;
  return world.manager.knownSettings.get(key) ?? (asked.length > 0 ? "unknown" : "nobody to ask");
}

function whyBad(world: World, key: string, value: string): string | undefined {
  const known = knowledge(world, key);
  if (known === "nobody to ask") return undefined;
  // Anything with a dot may belong to a library that is not loaded yet.
  if (known === "unknown")
    return key.includes(".") ? undefined : "the engine knows no parameter of this name";
  if (known.context === "internal")
    return "it is fixed when the engine is built or the cluster is initialised";
  const reading = readSettingValue(value, known);
  return "wrong" in reading ? `"${value}" ${reading.wrong}` : undefined;
}

/** Where in the values it stands: at the role that leads, or at all of them. */
function fieldOf(world: World, role: NodeRole, key: string): string {
  const { parameters } = world.topology;
  const everywhere = nodeRoles.every((each) => parameters[each][key] === parameters[role][key]);
  return `${everywhere ? "nodes" : role}.parameters.${key}`;
}

/** Roles in an order in which the first that has a value is the one it was given to. */
const byLead: readonly NodeRole[] = [
  ...parameterScopes.map((scope) => leadingRole[scope]),
  ...nodeRoles.filter((role) => leadingRole[scopeOf(initialKind[role])] !== role),
];

/**
 * Values that the engine would not take. The manager itself takes them: its SET answers a bad value with a WARNING and does nothing, with FORCE it writes it, and
 * the node does not start any more. So while there is one, nothing that the values ask for is done; healing goes on.
 */
export function badParameters(world: World): readonly LeftAlone[] {
  const seen = new Set<string>();
  return byLead.flatMap((role) =>
    Object.entries(world.topology.parameters[role]).flatMap(([key, value]): LeftAlone[] => {
      if (seen.has(`${key}=${value}`)) return [];
      seen.add(`${key}=${value}`);
      const why = whyBad(world, key, value);
      if (why === undefined) return [];
      const object = fieldOf(world, role, key);
      return [
        {
          object,
          reason: why,
          remedy: `correct ${object} in the values; until then nothing new is done`,
          blocks: true,
        },
      ];
    }),
  );
}
