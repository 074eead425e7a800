import { isStandbyKind } from "../model/role.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { PassRecord } from "../model/pass.ts";
import type { NodeName } from "../model/topology.ts";

/** Passes so far, by how they ended. */
export type PassCounts = Readonly<Record<string, number>>;

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

const ends = ["converged", "refused", "failed", "waiting", "deadline"];

/** Names and states hold no quotes and no line breaks, but what is rendered here does not count on it. */
const escaped = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

function metric(name: string, type: "counter" | "gauge", help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
    return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
}

/** What a node is now, as the manager has it. */
function stateOf(snapshot: Snapshot, name: NodeName): string {
  const row = snapshot.manager?.nodes.find((candidate) => candidate.name === name);
  if (row?.inCluster !== true) return "out";
  if (isStandbyKind(row.kind)) return "slave";
  return row.kind === "coordinator master" ? "coordinator" : "master";
}

function nodesUp({ topology, seen }: PassRecord): readonly Sample[] {
  if (topology === undefined || seen === undefined) return [];
  const { snapshot } = seen;
  return topology.nodes.map(({ name }) => ({
    labels: { node: name, state: stateOf(snapshot, name) },
    value: snapshot.nodes.get(name)?.state === "up" ? 1 : 0,
  }));
}

/** Actions the last pass left undone, waits included; one that converged has left none. */
function driftOf({ result, seen }: PassRecord): number {
  if (result.end === "converged") return 0;
  return seen?.plan.stages.reduce((sum, { steps }) => sum + steps.length, 0) ?? 0;
}

/** The text Prometheus scrapes (exposition format 0.0.4). */
export function renderMetrics(counts: PassCounts, last: PassRecord | undefined): string {
  const passes = ends.map((end) => ({ labels: { end }, value: counts[end] ?? 0 }));
  const total = metric("antdb_pass_total", "counter", "Passes of the watcher, by how they ended.", passes);
  if (last === undefined) return total;
  const seconds = Number((last.durationMs / 1000).toFixed(3));
  return [
    total,
    metric("antdb_pass_duration_seconds", "gauge", "How long the last pass took.", [{ value: seconds }]),
    metric("antdb_drift_actions", "gauge", "Actions that the last pass left undone.", [
      { value: driftOf(last) },
    ]),
    metric("antdb_left_alone", "gauge", "Things seen and left alone, until somebody decides.", [
      { value: last.seen?.plan.leftAlone.length ?? 0 },
    ]),
    metric("antdb_node_up", "gauge", "1 when the node answered at the last reading.", nodesUp(last)),
  ].join("");
}
