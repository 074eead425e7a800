import type { LeftAlone, Step } from "../../../hooks/model/action.ts";
import { catalogOf } from "../../../hooks/model/kept-catalog.ts";
import { initialKind, isStandbyKind, type NodeKind } from "../../../hooks/model/role.ts";
import type { ManagerNode, NodeFact, PodFact, RunningNode, Snapshot } from "../../../hooks/model/snapshot.ts";
import type { NodeName, Topology } from "../../../hooks/model/topology.ts";
import { bornSettings, limits } from "./born-settings.ts";
import { renderHba } from "../../../hooks/plan/authentication.ts";
import type { Concern } from "../../../hooks/plan/concern.ts";
import { viewWorld } from "../../../hooks/plan/world.ts";
import type { Draft, Mutable } from "./draft.ts";

export type { Draft } from "./draft.ts";

const addressOf = (index: number): string => `10.244.1.${index + 1}`;

function pods(topology: Topology): Draft["pods"] {
  const names = [
    { name: topology.managerPod, role: "mgr" },
    ...topology.nodes.map(({ pod, role }) => ({ name: pod, role })),
  ];
  return new Map(
    names.map(({ name, role }, index) => [
      name,
      {
        name,
        role,
        uid: `uid-${index}`,
        ip: addressOf(index),
        hostName: `host-${index % 3}`,
        ready: true,
        terminating: false,
      },
    ]),
  );
}

/** Pods that are there, and a manager that knows nothing yet. */
export const emptyDraft = (topology: Topology): Draft => ({
  pods: pods(topology),
  hosts: [],
  rows: [],
  parameters: [],
  notes: [],
  journal: "none",
  departures: [],
  appends: [],
  held: [],
  kept: { state: "empty" },
  placed: new Map(),
  busy: false,
  monitor: "absent",
  sizes: new Map(),
  facts: new Map(),
});

/** The manager knows every node, none is initialised, every directory is empty. */
export function definedDraft(topology: Topology): Draft {
  const draft = emptyDraft(topology);
  for (const { name, pod, role, port, follows } of topology.nodes) {
    const kind = initialKind[role];
    draft.hosts.push({ name, address: draft.pods.get(pod)?.ip ?? "", agentPort: 8432 });
    draft.rows.push({
      name,
      kind,
      host: name,
      port,
      path: topology.engine.dataDir,
      initialised: false,
      inCluster: false,
      sync: isStandbyKind(kind) ? "sync" : "",
      ...(follows === undefined ? {} : { master: follows }),
    });
    draft.sizes.set(name, 0);
    draft.facts.set(name, { state: "down", detail: "connection refused" });
  }
  const wanted = { ...Object.fromEntries(limits.map((key) => [key, "64"])), wal_log_hints: "on" };
  for (const kind of ["G", "C", "D"])
    for (const [key, value] of Object.entries(wanted))
      if (kind !== "C" || key !== "wal_log_hints") {
        draft.parameters.push({ node: "*", kind, key, value });
        draft.notes.push({ node: "*", letter: kind, key });
      }
  return draft;
}

/** A cluster as the values ask: nothing to do. */
export function healthyDraft(topology: Topology): Draft {
  const draft = definedDraft(topology);
  draft.journal = "finished";
  draft.sizes.clear();
  for (const row of draft.rows) Object.assign(row, { initialised: true, inCluster: true });
  draft.monitor = "right";
  const world = viewWorld(topology, snapshotOf(topology, draft), managerOf(draft));
  for (const view of world.nodes) {
    const { name, role, pod } = view.desired;
    const follows = isStandbyKind(initialKind[role]) ? "slave" : "master";
    Object.assign(draft.pods.get(pod) ?? {}, { state: role === "cn" ? "coordinator" : follows });
    draft.facts.set(name, {
      ...(role === "cn"
        ? { client: { role: true, passwordMatches: true, database: true }, monitor: "right" as const }
        : {}),
      ...running(topology, draft, name),
      hba: renderHba(world, view),
    });
  }
  keepNow(draft);
  return draft;
}

/** What is kept is what the manager has now. */
export const keepNow = (draft: Draft): void => {
  draft.kept = { state: "kept", catalog: structuredClone(catalogOf(managerOf(draft))) };
};

const located = (draft: Draft, name: string | undefined): { host: string; port: number } => {
  const row = draft.rows.find((candidate) => candidate.name === name);
  return { host: draft.hosts.find((host) => host.name === row?.host)?.address ?? "", port: row?.port ?? 0 };
};

function running(topology: Topology, draft: Draft, name: NodeName): { state: "up" } & RunningNode {
  const row = draft.rows.find((candidate) => candidate.name === name);
  const kind: NodeKind = row?.kind ?? "datanode master";
  const masters = draft.rows.filter((candidate) => !isStandbyKind(candidate.kind));
  const followers = draft.rows.filter((candidate) => candidate.master === name);
  const holds = kind === "gtmcoord master" || kind === "coordinator master";
  return {
    state: "up",
    inRecovery: isStandbyKind(kind),
    systemId: row?.master ?? name,
    hba: [],
    catalog: holds ? masters.map((each) => ({ name: each.name, ...located(draft, each.name) })) : [],
    ...(kind.startsWith("gtmcoord")
      ? {}
      : { gtm: located(draft, topology.nodes.find(({ role }) => role === "gc")?.name) }),
    settings: new Map(bornSettings(kind)),
    settingsStale: false,
    ...(row?.master === undefined ? {} : { primary: located(draft, row.master) }),
    standbys: followers.map((each) => ({
      name: each.name,
      address: located(draft, each.name).host,
      state: "streaming",
      sync: "sync",
    })),
  };
}

export const managerOf = (draft: Draft): NonNullable<Snapshot["manager"]> => ({
  address: "10.244.1.1",
  hosts: draft.hosts,
  nodes: draft.rows,
  parameters: draft.parameters,
  parameterNotes: draft.notes,
  knownSettings: new Map([["wal_log_hints", { type: "bool" as const }]]),
  journal: draft.journal,
  departures: draft.departures,
  appends: draft.appends,
  busy: draft.busy,
  directoryBytes: draft.sizes,
  monitor: draft.monitor,
});

export const snapshotOf = (topology: Topology, draft: Draft): Snapshot => ({
  engine: topology.engine,
  pods: draft.pods,
  manager: managerOf(draft),
  nodes: draft.facts,
  placed: draft.placed,
  held: draft.held,
  kept: draft.kept,
});

/** The parts of a draft by name; a name it does not have is a mistake in the test. */
export function podOf(draft: Draft, pod: string): Mutable<PodFact> {
  const found = draft.pods.get(`antdb-${pod}`);
  if (found === undefined) throw new Error(`no pod ${pod}`);
  return found;
}

export function rowOf(draft: Draft, name: string): Mutable<ManagerNode> {
  const found = draft.rows.find((row) => row.name === name);
  if (found === undefined) throw new Error(`no row ${name}`);
  return found;
}

/** What a running node says. */
export function runningOf(draft: Draft, name: string): Extract<NodeFact, { state: "up" }> {
  const fact = draft.facts.get(name as NodeName);
  if (fact?.state !== "up") throw new Error(`${name} does not run`);
  return fact;
}

/** Changes what a running node says. */
export function tell(draft: Draft, name: string, change: Partial<RunningNode>): void {
  draft.facts.set(name as NodeName, { ...runningOf(draft, name), ...change });
}

export const say = (draft: Draft, name: string, fact: NodeFact): void => {
  draft.facts.set(name as NodeName, fact);
};

/** One action in one line: kind, target, and what else it says. */
export function short({ action }: Step): string {
  const { kind, target, ...rest } = action;
  const said = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === "object" ? JSON.stringify(value) : String(value)}`,
  );
  return [kind, target, ...said].join(" ");
}

/** What one concern says of a draft. */
export function findings(
  concern: Concern,
  topology: Topology,
  draft: Draft,
): { steps: string[]; reasons: string[]; leftAlone: readonly LeftAlone[] } {
  const { steps, leftAlone } = concern(viewWorld(topology, snapshotOf(topology, draft), managerOf(draft)));
  return { steps: steps.map(short), reasons: steps.map(({ reason }) => reason), leftAlone: leftAlone ?? [] };
}
