import type { Bounds } from "../../ports/manager.ts";
import type { NodeAddress, Nodes } from "../../ports/node.ts";
import {
  addRows,
  dropSlot,
  makeClientDatabase,
  makeClientRole,
  makeMonitorRole,
  repointCatalog,
  strikeRows,
  verifyDistributed,
} from "./cluster.ts";
import { repointGtm } from "./gtm.ts";
import { writeHba } from "./hba.ts";
import { KeptSessions } from "./kept-sessions.ts";
import { look } from "./look.ts";
import { writePrimary } from "./primary.ts";
import { reloadSettings, settingFault } from "./settings.ts";
import { onNode, type NodeAccess, type NodeWork } from "./session.ts";

type InCluster = <T>(
  node: NodeAddress,
  doing: string,
  bounds: Bounds,
  work: (work: NodeWork) => Promise<T>,
) => Promise<T>;

/** A node's own list of nodes. */
const lists = (inCluster: InCluster): Pick<Nodes, "repointCatalog" | "strikeRows" | "addRows"> => ({
  repointCatalog: (node, rows, bounds) =>
    inCluster(node, "write pgxc_node", bounds, (work) => repointCatalog(work, rows)),
  strikeRows: (node, names, bounds) =>
    inCluster(node, "write pgxc_node", bounds, (work) => strikeRows(work, names)),
  addRows: (node, rows, bounds) => inCluster(node, "write pgxc_node", bounds, (work) => addRows(work, rows)),
});

/** Nodes spoken to directly. A node's own files go through template1, the cluster's affairs through postgres (see session.ts). */
export function makeNodes(access: NodeAccess, kept: KeptSessions = new KeptSessions(0)): Nodes {
  type Work<T> = (work: NodeWork) => Promise<T>;
  const ownFiles = <T>(node: NodeAddress, doing: string, bounds: Bounds, work: Work<T>): Promise<T> =>
    onNode(access, { node, database: "template1", doing }, bounds, work);
  const inCluster = <T>(node: NodeAddress, doing: string, bounds: Bounds, work: Work<T>): Promise<T> =>
    onNode(access, { node, database: "postgres", doing }, bounds, work);
  const { dataDir, osUser, client, monitor } = access;
  return {
    look: (node, question, bounds) => look({ ...access, kept }, node, question, bounds),
    writeHba: (node, lines, bounds) =>
      ownFiles(node, "write pg_hba.conf", bounds, (work) =>
        writeHba(work, { node: node.name, path: `${dataDir}/pg_hba.conf` }, lines),
      ),
    repointGtm: (node, gtm, bounds) =>
      ownFiles(node, "write agtm_host", bounds, (work) =>
        repointGtm(work, { node: node.name, path: `${dataDir}/postgresql.conf` }, gtm),
      ),
    writePrimary: (node, primary, bounds) =>
      ownFiles(node, "write primary_conninfo", bounds, (work) =>
        writePrimary(work, { node: node.name, dataDir, osUser }, primary),
      ),
    reloadSettings: (node, bounds) => ownFiles(node, "reload", bounds, reloadSettings),
    settingFault: (node, names, bounds) =>
      ownFiles(node, "check postgresql.conf", bounds, (work) => settingFault(work, names)),
    ...lists(inCluster),
    dropSlot: (node, slot, bounds) =>
      ownFiles(node, `drop replication slot ${slot}`, bounds, (work) => dropSlot(work, slot)),
    makeClientRole: (node, bounds) =>
      inCluster(node, `make role ${client.role}`, bounds, (work) => makeClientRole(work, client)),
    makeClientDatabase: (node, bounds) =>
      inCluster(node, `make database ${client.database}`, bounds, (work) => makeClientDatabase(work, client)),
    makeMonitorRole: (node, bounds) =>
      inCluster(node, "make the exporters' role", bounds, async (work) => {
        if (monitor !== undefined) await makeMonitorRole(work, monitor);
      }),
    verifyDistributed: (node, bounds) =>
      inCluster(node, "write and read through it", bounds, (work) => verifyDistributed(work, node.name)),
  };
}
