import type { NodeKind } from "../../model/role.ts";
import type { ManagerHost, ManagerNode, ManagerParameter } from "../../model/snapshot.ts";
import type { NodeName } from "../../model/topology.ts";
import { literal } from "../../adapters/pg/quote.ts";
import type { Answer, Notice, Row } from "../../adapters/pg/session.ts";
import { need, needNumber, truth } from "./rows.ts";

/** Catalog reads of the sql mode; they touch no node (manager reference §3). Casts because the engine's own types differ between versions. */
export const catalogQueries = {
  hosts:
    "SELECT hostname::text AS name, hostaddr::text AS address, hostagentport::text AS agent_port FROM mgr_host ORDER BY 1",
  nodes:
    "SELECT n.nodename::text AS name, n.nodetype::text AS type, h.hostname::text AS host, n.nodeport::text AS port, n.nodepath::text AS path, " +
    "m.nodename::text AS master, n.nodeinited::text AS initialised, n.nodeincluster::text AS in_cluster, n.nodesync::text AS sync " +
    "FROM mgr_node n JOIN mgr_host h ON h.oid = n.nodehost LEFT JOIN mgr_node m ON m.oid = n.nodemasternameoid ORDER BY 1",
  parameters:
    "SELECT updateparmnodename::text AS node, updateparmnodetype::text AS type, updateparmkey::text AS key, updateparmvalue::text AS value " +
    "FROM mgr_updateparm ORDER BY 1, 2, 3",
  /** The manager's own code sets flags the same way (manager reference §5.5). */
  expelDatanode: (node: string): string =>
    "UPDATE pg_catalog.mgr_node SET nodeinited = false, nodeincluster = false " +
    `WHERE nodename = ${literal(node)} AND nodetype IN ('d', 'b')`,
  setFlags: ({ name, initialised, inCluster }: ManagerNode): string =>
    `UPDATE pg_catalog.mgr_node SET nodeinited = ${initialised}, nodeincluster = ${inCluster} WHERE nodename = ${literal(name)}`,
  forgetParameters: "DELETE FROM mgr_updateparm",
  addParameter: ({ node, kind, key, value }: ManagerParameter): string =>
    "INSERT INTO mgr_updateparm (updateparmnodename, updateparmnodetype, updateparmkey, updateparmvalue) " +
    `VALUES (${literal(node)}, ${literal(kind)}, ${literal(key)}, ${literal(value)})`,
  forgetNodeGtm: (node: string): string =>
    `DELETE FROM mgr_updateparm WHERE updateparmnodename = ${literal(node)} AND updateparmkey IN ('agtm_host', 'agtm_port')`,
};

/** mgr_node.nodetype (src/include/catalog/mgr_node.h). */
const kinds: Readonly<Record<string, NodeKind>> = {
  g: "gtmcoord master",
  p: "gtmcoord slave",
  c: "coordinator master",
  s: "coordinator slave",
  d: "datanode master",
  b: "datanode slave",
};

export const parseHost = (row: Row): ManagerHost => ({
  name: need(row, "name"),
  address: need(row, "address"),
  agentPort: needNumber(row, "agent_port"),
});

export function parseNode(row: Row): ManagerNode {
  const kind = kinds[need(row, "type")];
  if (kind === undefined) throw new TypeError(`node type ${need(row, "type")} is unknown`);
  const master = row["master"];
  return {
    name: need(row, "name") as NodeName,
    kind,
    host: need(row, "host"),
    port: needNumber(row, "port"),
    path: need(row, "path"),
    ...(master === undefined ? {} : { master: master as NodeName }),
    initialised: truth(row["initialised"]),
    inCluster: truth(row["in_cluster"]),
    sync: row["sync"] ?? "",
  };
}

export function parseParameter(row: Row): ManagerParameter {
  return {
    node: need(row, "node"),
    kind: need(row, "type"),
    key: need(row, "key"),
    value: row["value"] ?? "",
  };
}

/**
 * LIST NODE SIZE. The row says 0 as well when the agent is down; only an INFO beside it tells (`ndoename "x" : agent is not running`). A directory
 * that is not there yet is empty (`ndoename "x" Open dir error.`); anything else said about a node makes its size unknown: it is left out.
 */
export function parseSizes({ rows, notices }: Answer): Map<NodeName, number> {
  const sizes = new Map<NodeName, number>();
  for (const row of rows) {
    const name = need(row, "nodename").trim();
    const said = notices.filter((notice) => mentions(notice, name));
    if (said.every((notice) => absentDirectory.test(notice.text)))
      sizes.set(name as NodeName, needNumber(row, "nodesize"));
  }
  return sizes;
}

/** The agent's whole vocabulary for a directory it can't open; there is none yet before INIT ALL. */
const absentDirectory = /open dir error/i;
const mentions = ({ text }: Notice, name: string): boolean => text.includes(`"${name}"`);
