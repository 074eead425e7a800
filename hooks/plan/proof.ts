import type { LeftAlone } from "../model/action.ts";
import { candidatesOf, listsOf } from "../model/candidates.ts";
import type { KeptCatalog } from "../model/kept-catalog.ts";
import { nodeOfName } from "../model/leaving.ts";
import type { NodeRole } from "../model/role.ts";
import type { CatalogRow, ManagerNode } from "../model/snapshot.ts";
import type { NodeName } from "../model/topology.ts";
import { viewNode, type NodeView, type World } from "./world.ts";

/** What tells who is a member of a cluster whose manager knows nothing. */
export interface Proof {
  readonly candidates: readonly NodeView[];
  readonly kept: KeptCatalog | undefined;
  /**
   * What pgxc_node of the gtm and of every coordinator that runs says, all the same: exactly the coordinators and the masters of a cluster that was configured. Undefined
   * when none of them runs.
   */
  readonly listed: ReadonlyMap<NodeName, CatalogRow> | undefined;
  /** Why the lists can't be believed. */
  readonly unclear: readonly LeftAlone[];
}

export const keptRow = ({ kept }: Proof, { desired }: NodeView): ManagerNode | undefined =>
  kept?.nodes.find(({ name }) => name === desired.name);

export const isListed = ({ listed }: Proof, { desired }: NodeView): boolean =>
  listed?.has(desired.name) === true;

const namesOf = (rows: readonly CatalogRow[]): string =>
  rows
    .map(({ name }) => name as string)
    .toSorted()
    .join(", ");

/** Rows that one list has and another has not, as they are where the manager died in the middle of APPEND, REMOVE or INIT ALL. */
function disagreements(lists: ReadonlyMap<NodeName, readonly CatalogRow[]>): readonly LeftAlone[] {
  const [[first, rows] = [undefined, []], ...others] = lists;
  return others
    .filter(([, other]) => namesOf(other) !== namesOf(rows))
    .map(([name, other]) => ({
      object: name,
      reason: `the manager lost its catalog, and who is a member is unclear: its pgxc_node names ${namesOf(other)}, and ${first ?? ""}'s names ${namesOf(rows)}`,
      remedy: "make the lists equal (CREATE NODE or DROP NODE on the coordinator that is wrong)",
      blocks: true,
    }));
}

const needed: readonly (readonly [string, readonly NodeRole[]])[] = [
  ["gtm", ["gc", "gcs"]],
  ["coordinator", ["cn"]],
  ["datanode", ["dn", "ds"]],
];

/** INIT ALL fills the lists last: before that each names its own node, or a part of the others. */
function gaps(world: World, lists: ReadonlyMap<NodeName, readonly CatalogRow[]>): readonly LeftAlone[] {
  const [[holder, rows] = [undefined, []]] = lists;
  if (holder === undefined) return [];
  const roles = rows.map(({ name }) => nodeOfName(world.topology, name)?.role);
  return needed
    .filter(([, wanted]) => !wanted.some((role) => roles.includes(role)))
    .map(([what]) => ({
      object: holder,
      reason: `the manager lost its catalog, and its pgxc_node names no ${what}: this cluster was never initialised to the end`,
      remedy:
        "put mgr's old volume back, or delete the release's claims (kubectl delete pvc -l app.kubernetes.io/instance=<release>) and install again",
      blocks: true,
    }));
}

export function gatherProof(world: World): Proof {
  const { topology, snapshot, manager } = world;
  const candidates = candidatesOf(topology, snapshot).map((node) => viewNode(node, snapshot, manager));
  const lists = listsOf(snapshot.nodes);
  const [rows] = lists.values();
  return {
    candidates,
    kept: snapshot.kept.state === "kept" ? snapshot.kept.catalog : undefined,
    listed: rows === undefined ? undefined : new Map(rows.map((row) => [row.name, row])),
    unclear: [...disagreements(lists), ...gaps(world, lists)],
  };
}
