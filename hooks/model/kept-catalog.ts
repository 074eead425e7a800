import { byKeys } from "../kit/sort.ts";
import type { ParameterNote } from "./parameter.ts";
import type { Departure, ManagerFacts, ManagerHost, ManagerNode, ManagerParameter } from "./snapshot.ts";

/**
 * What only the manager knows, and the program's notes beside it: what has to be put back when mgr's volume is lost. Kept of a cluster whose initialisation was
 * seen to be whole, so it says `finished` by being there.
 */
export interface KeptCatalog {
  readonly hosts: readonly ManagerHost[];
  readonly nodes: readonly ManagerNode[];
  readonly parameters: readonly ManagerParameter[];
  readonly parameterNotes: readonly ParameterNote[];
  readonly departures: readonly Departure[];
}

/** What the Secret for it holds. */
export type Keeping =
  | { readonly state: "kept"; readonly catalog: KeptCatalog }
  /** It is there, and nothing was put into it yet. */
  | { readonly state: "empty" }
  | { readonly state: "absent" }
  /** It may not be read (`forbidden`), or what is in it is none of this program's. */
  | { readonly state: "unreadable"; readonly why: string; readonly forbidden?: true };

/** Rows in an order of their own, whatever order the manager gives them in. */
export const catalogOf = (manager: ManagerFacts): KeptCatalog => ({
  hosts: manager.hosts.toSorted(byKeys(({ name }) => name)),
  nodes: manager.nodes.toSorted(byKeys(({ name }) => name)),
  parameters: manager.parameters.toSorted(
    byKeys(
      ({ node }) => node,
      ({ kind }) => kind,
      ({ key }) => key,
    ),
  ),
  parameterNotes: manager.parameterNotes.toSorted(
    byKeys(
      ({ node }) => node,
      ({ letter }) => letter,
      ({ key }) => key,
    ),
  ),
  departures: manager.departures.toSorted(byKeys(({ node }) => node)),
});

/** One text for one catalog: fields sorted, so that it does not matter who wrote them. */
const textOf = (catalog: KeptCatalog): string =>
  JSON.stringify(catalog, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(byKeys(([key]) => key)))
      : value,
  );

export const sameCatalog = (one: KeptCatalog, other: KeptCatalog): boolean => textOf(one) === textOf(other);

/** What the manager's catalog is to be, for one that lost its own: proved row by row. */
export interface RebuiltCatalog {
  readonly hosts: readonly ManagerHost[];
  readonly nodes: readonly ManagerNode[];
  /** Absent when nobody kept them: what the manager has by now stays. */
  readonly parameters?: readonly ManagerParameter[];
  readonly parameterNotes: readonly ParameterNote[];
  readonly departures: readonly Departure[];
}
