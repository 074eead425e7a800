import { Failure, toFailure } from "../model/failure.ts";
import { nodeOfName } from "../model/leaving.ts";
import type { Drained } from "../model/rebalance.ts";
import type { ManagerNode, Snapshot } from "../model/snapshot.ts";
import type { DesiredNode, NodeName, Topology } from "../model/topology.ts";
import type { NodeAddress } from "../ports/node.ts";

/** Where tables are moved from and to, all of it answering. */
export interface Ground {
  /** The first one moves the tables: it is the last that would be scaled away. */
  readonly coordinators: readonly [NodeAddress, ...NodeAddress[]];
  /** Masters that every table is to lie on. */
  readonly datanodes: readonly NodeAddress[];
  /** Standbys that answer, by their master. */
  readonly standbys: ReadonlyMap<string, readonly NodeAddress[]>;
  /** Datanodes the values ask for that get no rows: a drain or a guard takes them out. */
  readonly leftOut: readonly string[];
}

/** Where a node is, when its postgres answers. */
export function addressOf(
  topology: Topology,
  snapshot: Snapshot,
  name: NodeName,
  port: number,
): NodeAddress | undefined {
  const address = snapshot.pods.get(nodeOfName(topology, name)?.pod ?? "")?.ip;
  return address === undefined || snapshot.nodes.get(name)?.state !== "up"
    ? undefined
    : { name, address, port };
}

export const podUidOf = (topology: Topology, snapshot: Snapshot, name: string): string | undefined =>
  snapshot.pods.get(nodeOfName(topology, name)?.pod ?? "")?.uid;

const waitFor = (code: string, what: string, object: string, remedy = "antdb status"): Failure =>
  new Failure({ class: "wait", code, what, object, remedy });

/** Members, as the manager has them. @throws Failure when it can't be asked */
export function membersOf(snapshot: Snapshot): readonly ManagerNode[] {
  if (snapshot.manager === undefined) throw snapshot.managerTrouble ?? toFailure("no manager", "manager");
  return snapshot.manager.nodes.filter(({ inCluster }) => inCluster);
}

/** Coordinators of the values' that answer. @throws Failure (wait) when there is none */
export function coordinatorsOf(topology: Topology, snapshot: Snapshot): Ground["coordinators"] {
  const members = new Map(membersOf(snapshot).map((row) => [row.name, row]));
  const [first, ...others] = topology.nodes.flatMap(({ name, role }) => {
    const row = members.get(name);
    const staying = role === "cn" && row !== undefined && !snapshot.held.includes(name);
    return staying ? (addressOf(topology, snapshot, name, row.port) ?? []) : [];
  });
  if (first === undefined) throw waitFor("node-down", "no coordinator answers", "coordinators");
  return [first, ...others];
}

const pairOf = (topology: Topology, { ordinal }: DesiredNode): readonly NodeName[] =>
  topology.nodes
    .filter((node) => (node.role === "dn" || node.role === "ds") && node.ordinal === ordinal)
    .map(({ name }) => name);

function masterOfPair(topology: Topology, snapshot: Snapshot, node: DesiredNode): NodeAddress {
  const pair = pairOf(topology, node);
  const row = membersOf(snapshot).find(({ name, kind }) => kind === "datanode master" && pair.includes(name));
  if (row === undefined) {
    const what = "is no member of the cluster yet: reconcile appends it, or says why not";
    throw waitFor("no-member", what, node.name, "antdb plan");
  }
  const address = addressOf(topology, snapshot, row.name, row.port);
  if (address === undefined) throw waitFor("node-down", "does not answer", row.name);
  return address;
}

/**
 * @param drained datanodes that a drain emptied
 * @throws Failure (wait) for a datanode of the values' that is no member or does not answer: tables would be moved again when it comes
 */
export function groundOf(topology: Topology, snapshot: Snapshot, drained: readonly Drained[]): Ground {
  const coordinators = coordinatorsOf(topology, snapshot);
  const still = drained.filter(({ datanode, podUid }) => podUidOf(topology, snapshot, datanode) === podUid);
  const out = new Set<string>([...still.map(({ datanode }) => datanode), ...snapshot.held]);
  const desired = topology.nodes.filter(({ role }) => role === "dn");
  const isOut = (node: DesiredNode): boolean => pairOf(topology, node).some((name) => out.has(name));
  const datanodes = desired
    .filter((node) => !isOut(node))
    .map((node) => masterOfPair(topology, snapshot, node));
  const standbys = new Map(
    datanodes.map(({ name }): [string, readonly NodeAddress[]] => [
      name,
      membersOf(snapshot)
        .filter(({ master }) => master === name)
        .flatMap((row) => addressOf(topology, snapshot, row.name, row.port) ?? []),
    ]),
  );
  return { coordinators, datanodes, standbys, leftOut: desired.filter(isOut).map(({ name }) => name) };
}
