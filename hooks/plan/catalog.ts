import type { CatalogChange, LeftAlone, Step } from "../model/action.ts";
import type { CatalogRow } from "../model/snapshot.ts";
import type { Concern } from "./concern.ts";
import { missingRows } from "./half-appended.ts";
import { parkedAddress } from "./parked.ts";
import { commitsPass, gtmMaster, isMasterNow, type NodeView, type World } from "./world.ts";

/** gc and the coordinators carry the whole list; a datanode only a row for itself, which says `localhost`. */
const carriesCatalog = (view: NodeView): boolean =>
  view.member && (view.row?.kind === "coordinator master" || view.row?.kind === "gtmcoord master");

/** Rows that lead to nodes; those that lead reads to standbys are there only where somebody made them. */
const nodeRows = (view: NodeView): readonly CatalogRow[] =>
  (view.running?.catalog ?? []).filter(({ standby }) => standby !== true);

/** Rows of nodes that are elsewhere by now. */
function moved(world: World, rows: readonly CatalogRow[]): readonly CatalogChange[] {
  return rows.flatMap((row): CatalogChange[] => {
    const node = world.byName.get(row.name);
    if (node?.address === undefined) return [];
    if (row.host === node.address && row.port === node.desired.port) return [];
    return [{ name: row.name, host: node.address, port: node.desired.port }];
  });
}

/**
 * Rows of datanodes whose pod is ending or away. A session that dials such an address waits for the kernel, deaf to a cancel, and goes on waiting when the node is
 * back (src/backend/pgxc/pool/poolcomm.c, pool_recvfds; poolmgr_adb.c tries three times without a limit): 8 to 78 s on AntDB 5.0.1. Led to loopback, where
 * nothing listens on a datanode's port, it fails at once. An ending pod still refuses by itself for a moment (entrypoint.sh), which is the time for it. On a
 * coordinator's own port something does listen: such rows stay.
 */
function parked(world: World, rows: readonly CatalogRow[]): readonly CatalogChange[] {
  return rows.flatMap((row): CatalogChange[] => {
    const node = world.byName.get(row.name);
    if (node?.row?.kind !== "datanode master" || node.address !== undefined) return [];
    const host = parkedAddress(world, node);
    return row.host === host ? [] : [{ name: row.name, host, port: node.desired.port }];
  });
}

function whyRepoint(gone: readonly CatalogChange[], away: readonly CatalogChange[]): string {
  const names = (rows: readonly CatalogChange[]): string => rows.map(({ name }) => name).join(", ");
  const old = gone.length === 0 ? [] : [`it has old addresses for ${names(gone)}`];
  const dead =
    away.length === 0 ? [] : [`the pod of ${names(away)} is away, and who dials its address would hang`];
  return [...old, ...dead].join("; ");
}

/** A datanode is taken off the lists when it was emptied, and does not know the tables made since: it can only go on leaving. */
const howToList = (view: NodeView, node: NodeView): string =>
  node.row?.kind === "datanode master"
    ? "if it was on its way out, helm upgrade with fewer datanodes finishes that; else compare pgxc_node on every coordinator"
    : `on ${view.desired.name}: CREATE NODE ${node.desired.name} WITH (TYPE=…, HOST='${node.address ?? "…"}', PORT=${node.desired.port})`;

/** Members that clients need and this node's list lacks: CREATE NODE is the manager's to do, by APPEND. */
function missing(world: World, view: NodeView): LeftAlone[] {
  const listed = new Set(nodeRows(view).map((row) => row.name));
  return world.nodes
    .filter((node) => node.member && isMasterNow(node) && !listed.has(node.desired.name))
    .filter((node) => !world.snapshot.held.includes(node.desired.name))
    .filter((node) => !missingRows(world, view).some(({ name }) => name === node.desired.name))
    .map((node) => ({
      object: view.desired.name,
      reason: `its pgxc_node has no row for ${node.desired.name}, a member`,
      remedy: howToList(view, node),
      blocks: true,
    }));
}

/** True when every row of its list leads to where its node is now, and none is missing; what is wrong with a row for reads keeps no writer away. */
export const hasRightCatalog = (world: World, view: NodeView): boolean =>
  moved(world, nodeRows(view)).length === 0 &&
  missing(world, view).length === 0 &&
  missingRows(world, view).length === 0;

/** pgxc_node on every coordinator and on gc, each row compared with the live pods: the manager's own FLUSH HOST leaves gc's and the gc rows stale. */
export const planCatalogs: Concern = (world) => {
  // ALTER NODE is a transaction of its own on each node, and no transaction ends without the gtm.
  if (!commitsPass(world, gtmMaster(world))) return { steps: [] };
  const holders = world.nodes.filter((view) => carriesCatalog(view) && view.running !== undefined);
  const steps = holders.flatMap((view): Step[] => {
    const gone = moved(world, view.running?.catalog ?? []);
    const away = parked(world, nodeRows(view));
    if (gone.length + away.length === 0) return [];
    return [
      {
        action: { kind: "repoint-catalog", target: view.desired.name, rows: [...gone, ...away] },
        reason: whyRepoint(gone, away),
        disturbance: "its pooled connections are renewed",
      },
    ];
  });
  return { steps, leftAlone: holders.flatMap((view) => missing(world, view)) };
};
