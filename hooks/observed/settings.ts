import type { ManagerFacts } from "../model/snapshot.ts";
import type { Topology } from "../model/topology.ts";

/** How many nodes a cluster can have is one of them, whether the values speak of it or not. */
const limits = ["max_coordinators", "max_datanodes"];

/** Parameters to ask for: what the values want, what the manager has been told, what is to be taken back. */
export function settingsThatMatter(
  topology: Topology,
  manager: Pick<ManagerFacts, "parameters" | "parameterNotes"> | undefined,
): readonly string[] {
  const wanted = Object.values(topology.parameters).flatMap((settings) => Object.keys(settings));
  const told = [...(manager?.parameters ?? []), ...(manager?.parameterNotes ?? [])].map(({ key }) => key);
  return [...new Set([...limits, ...wanted, ...told])].toSorted();
}
