import type { Plan } from "../model/action.ts";
import type { NodeFact, Snapshot } from "../model/snapshot.ts";
import type { DesiredNode, Topology } from "../model/topology.ts";

/** One row of the status table. */
export interface NodeStatus {
  readonly node: string;
  readonly role: string;
  /** What it is now: master, standby of X, coordinator, or `not in the cluster`. */
  readonly state: string;
  readonly pod: string;
  readonly host: string;
  readonly address: string;
  readonly postgres: string;
  /** For standbys: streaming state and whether commits wait for it. */
  readonly replication: string;
}

export interface Status {
  readonly release: string;
  readonly namespace: string;
  readonly manager: string;
  readonly nodes: readonly NodeStatus[];
  /** What reconcile would do now, one line each; empty when the cluster is as the values ask. */
  readonly drift: readonly string[];
  readonly leftAlone: readonly string[];
  /** Tables that do not lie on every datanode, in one line; absent when there are none, or nobody could be asked. */
  readonly spread?: string;
}

const postgresWord = (fact: NodeFact | undefined): string => {
  if (fact === undefined || fact.state === "not-looked-at") return "-";
  return fact.state === "up" ? "up" : fact.state;
};

function clusterState(snapshot: Snapshot, { name }: DesiredNode): string {
  const row = snapshot.manager?.nodes.find((candidate) => candidate.name === name);
  if (row?.inCluster !== true) return "not in the cluster";
  if (row.master !== undefined) return `standby of ${row.master}`;
  return row.kind === "coordinator master" ? "coordinator" : "master";
}

function replication(snapshot: Snapshot, { name }: DesiredNode): string {
  const row = snapshot.manager?.nodes.find((candidate) => candidate.name === name);
  const master = row?.master === undefined ? undefined : snapshot.nodes.get(row.master);
  if (master?.state !== "up") return "-";
  const seen = master.standbys.find((standby) => standby.name === name);
  return seen === undefined
    ? "not streaming"
    : [seen.state, seen.sync].filter((word) => word !== "").join(", ");
}

/** The topology as it is now; pure, so that table, JSON and tests see the same. */
export function makeStatus(topology: Topology, snapshot: Snapshot, plan: Plan, spread?: string): Status {
  const nodes = topology.nodes.map((node): NodeStatus => {
    const pod = snapshot.pods.get(node.pod);
    return {
      node: node.name,
      role: node.role,
      state: clusterState(snapshot, node),
      pod: node.pod,
      host: pod?.hostName ?? "-",
      address: pod?.ip ?? "-",
      postgres: postgresWord(snapshot.nodes.get(node.name)),
      replication: replication(snapshot, node),
    };
  });
  return {
    release: topology.release.name,
    namespace: topology.release.namespace,
    manager:
      snapshot.manager === undefined ? (snapshot.managerTrouble?.facts.what ?? "does not answer") : "up",
    nodes,
    drift: plan.stages.flatMap(({ steps }) =>
      steps.map(({ action, reason }) => `${action.kind} ${action.target}: ${reason}`),
    ),
    leftAlone: plan.leftAlone.map((entry) => `${entry.object}: ${entry.reason}`),
    ...(spread === undefined ? {} : { spread }),
  };
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function verdict({ drift, leftAlone }: Status): readonly string[] {
  if (drift.length > 0) return ["To do:", ...drift.map((line) => `  ${line}`)];
  return leftAlone.length > 0 ? ["Nothing that reconcile would do."] : ["As the values ask: nothing to do."];
}

export function renderStatus(status: Status): string {
  const head = ["NODE", "STATE", "POD", "HOST", "ADDRESS", "POSTGRES", "REPLICATION"];
  const rows = status.nodes.map((node) => [
    node.node,
    node.state,
    node.pod,
    node.host,
    node.address,
    node.postgres,
    node.replication,
  ]);
  return [
    `release ${status.release} in namespace ${status.namespace}, manager ${status.manager}`,
    "",
    renderTable([head, ...rows]),
    "",
    ...verdict(status),
    ...(status.spread === undefined ? [] : [status.spread]),
    ...(status.leftAlone.length === 0 ? [] : ["Left alone:", ...status.leftAlone.map((line) => `  ${line}`)]),
    "",
  ].join("\n");
}
