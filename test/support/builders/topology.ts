import { makeTopology } from "../../../hooks/desired/topology.ts";
import type { NodeRole } from "../../../hooks/model/role.ts";
import type { Values } from "../../../hooks/values/schema.ts";
import type { NodeName, Topology } from "../../../hooks/model/topology.ts";

export type Sizes = Readonly<Partial<Record<NodeRole, number>>>;

export const n = (name: string): NodeName => name as NodeName;

const ports: Readonly<Record<NodeRole, number>> = { gc: 6655, gcs: 6655, cn: 5432, dn: 5433, ds: 5433 };

/** The content of topology.json as the chart renders it for a release called antdb. */
export function topologyFile(sizes: Sizes = {}, parameters: Partial<Values["parameters"]> = {}): Values {
  const replicas = { gc: 1, gcs: 1, cn: 2, dn: 2, ds: sizes.dn ?? 2, ...sizes };
  const role = (name: NodeRole): { statefulSet: string; replicas: number; port: number } => ({
    statefulSet: `antdb-${name}`,
    replicas: replicas[name],
    port: ports[name],
  });
  return {
    schemaVersion: 1,
    release: { name: "antdb", namespace: "antdb", fullname: "antdb", app: "antdb" },
    engine: {
      home: "/opt/app/antdb",
      osUser: "antdb",
      dataDir: "/var/lib/antdb/data",
      agentPort: 8432,
      managerPort: 6432,
    },
    roles: {
      mgr: { statefulSet: "antdb-mgr" },
      gc: role("gc"),
      gcs: role("gcs"),
      cn: role("cn"),
      dn: role("dn"),
      ds: role("ds"),
    },
    credentials: { directory: "/etc/antdb/credentials", secret: "antdb-credentials", managed: true },
    catalog: { secret: "antdb-manager-catalog" },
    clients: { cidrs: ["0.0.0.0/0"], rules: [] },
    monitor: { enabled: true },
    parameters: {
      restartPolicy: "manual",
      ...{ nodes: {}, gcs: {}, cn: {}, ds: {}, gc: { wal_log_hints: true }, dn: { wal_log_hints: true } },
      ...parameters,
    },
    lease: { name: "antdb-writer", durationSeconds: 15 },
    deadlines: { reconcileSeconds: 270, guardSeconds: 105, teardownSeconds: 50 },
    watcher: { deployment: "antdb-watcher", enabled: true, intervalSeconds: 30 },
    retention: { whenDeleted: "Retain", whenScaled: "Retain" },
  };
}

export const topologyOf = (sizes: Sizes = {}, parameters: Partial<Values["parameters"]> = {}): Topology =>
  makeTopology(topologyFile(sizes, parameters));
