import { nodeRoles } from "../model/role.ts";
import type { LeftAlone } from "../model/action.ts";
import { nodeOfName } from "../model/leaving.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Topology } from "../model/topology.ts";

/** A StatefulSet as it is before the upgrade. */
interface PodSet {
  readonly name: string;
  readonly replicas: number;
}

/** Nodes whose pods go away when the StatefulSets are made what the values ask for: `cn_2`. */
export const surplusNodes = (topology: Topology, sets: readonly PodSet[]): readonly string[] =>
  nodeRoles.flatMap((role) => {
    const wanted = topology.nodes.filter((node) => node.role === role).length;
    const present = sets.find(({ name }) => name === topology.statefulSets[role])?.replicas ?? 0;
    return Array.from({ length: Math.max(0, present - wanted) }, (_, index) => `${role}_${wanted + index}`);
  });

/**
 * StatefulSets of this release under another name: the full name was changed, so helm would make new, empty ones and delete these. Their volumes would stay, and
 * no pod would ever have them again.
 */
export function strayedSets(topology: Topology, sets: readonly PodSet[]): readonly LeftAlone[] {
  const wanted = new Set<string>(Object.values(topology.statefulSets));
  const strayed = sets.find(({ name }) => !wanted.has(name));
  if (strayed === undefined) return [];
  return [
    {
      object: `StatefulSet ${strayed.name}`,
      reason: `with the full name ${topology.release.fullname} it would be deleted, and new pods would come up beside its volumes with empty ones`,
      remedy: `put nameOverride and fullnameOverride back to what the release was installed with: ${strayed.name.replace(/-[a-z]+$/, "")}`,
      blocks: true,
    },
  ];
}

/**
 * Datanodes whose volumes would be deleted with their pods while the manager knows neither them nor any cluster: it may be a new one without its catalog. A pod that
 * never had an address never held anything.
 */
export function doomedVolumes(
  topology: Topology,
  snapshot: Snapshot,
  surplus: readonly string[],
): readonly LeftAlone[] {
  const { manager, pods } = snapshot;
  if (topology.whenScaled !== "Delete" || manager === undefined) return [];
  if (manager.journal === "begun" || manager.nodes.some(({ inCluster }) => inCluster)) return [];
  const nodes = surplus.flatMap((name) => nodeOfName(topology, name) ?? []);
  return nodes
    .filter(({ role, pod }) => ["dn", "ds"].includes(role) && pods.get(pod)?.ip !== undefined)
    .map(({ name, role }) => ({
      object: name,
      reason:
        "its volume would be deleted with its pod (retention.whenScaled: Delete), and the manager knows no initialised cluster that could tell what is on it",
      remedy: `set retention.whenScaled to Retain, or leave ${role}.replicas as it was`,
      blocks: true,
    }));
}
