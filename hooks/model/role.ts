/** The kinds of pods a release has. `mgr` holds no user data; the other five are AntDB nodes. */
export type NodeRole = "gc" | "gcs" | "cn" | "dn" | "ds";
export type Role = "mgr" | NodeRole;

/** In the order in which a cold cluster has to start: nothing commits before the gtm, no coordinator works without datanodes. */
export const nodeRoles: readonly NodeRole[] = ["gc", "gcs", "cn", "dn", "ds"];

/**
 * What the manager calls a node, as stored in `mgr_node.nodetype`. A role says where a node started, a kind what it is now:
 * after a failover the node ds_0 is a `datanode master`. Source: src/include/catalog/mgr_node.h.
 */
export type NodeKind =
  | "gtmcoord master"
  | "gtmcoord slave"
  | "coordinator master"
  | "coordinator slave"
  | "datanode master"
  | "datanode slave";

/** The kind a node of this role is defined as when it is first added. */
export const initialKind: Readonly<Record<NodeRole, NodeKind>> = {
  gc: "gtmcoord master",
  gcs: "gtmcoord slave",
  cn: "coordinator master",
  dn: "datanode master",
  ds: "datanode slave",
};

export const isStandbyKind = (kind: NodeKind): boolean => kind.endsWith(" slave");
