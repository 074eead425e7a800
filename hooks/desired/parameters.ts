import type { Settings } from "../model/parameter.ts";
import type { NodeRole } from "../model/role.ts";

/** What the values give: for all nodes, and for each role what it has otherwise. */
export type ParameterInput = Readonly<Partial<Record<"nodes" | NodeRole, ParameterMap>>>;
type ParameterMap = Readonly<Record<string, string | number | boolean>>;

/** As it would stand in postgresql.conf. */
const textOf = (value: string | number | boolean): string =>
  typeof value === "boolean" ? (value ? "on" : "off") : String(value);

const texts = (map: ParameterMap = {}): Settings =>
  // The engine folds a parameter's name to lower case.
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name.toLowerCase(), textOf(value)]));

/** A standby changes places with its master, so it has what its master has, and beyond it what is its own. */
export function parametersByRole(input: ParameterInput): Readonly<Record<NodeRole, Settings>> {
  const all = texts(input.nodes);
  const gc = { ...all, ...texts(input.gc) };
  const dn = { ...all, ...texts(input.dn) };
  return {
    gc,
    gcs: { ...gc, ...texts(input.gcs) },
    cn: { ...all, ...texts(input.cn) },
    dn,
    ds: { ...dn, ...texts(input.ds) },
  };
}
