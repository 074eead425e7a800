import type { LeftAlone, Step } from "../model/action.ts";
import type { RebuiltCatalog } from "../model/kept-catalog.ts";
import type { ManagerHost, ManagerNode } from "../model/snapshot.ts";
import type { Concern, Findings } from "./concern.ts";
import { isLost } from "./lost.ts";
import { parkedAt } from "./parked.ts";
import { gatherProof, type Proof } from "./proof.ts";
import { rebuiltRows } from "./rebuilt-rows.ts";
import { isLoginRefusal } from "./start.ts";
import { emptyDirectoryBytes } from "../model/directory.ts";
import type { NodeView, World } from "./world.ts";

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MB`;

const anotherCluster =
  "if mgr's volume was replaced, put the old one back; if this is meant to be a new cluster, delete the old claims " +
  "(kubectl delete pvc -l app.kubernetes.io/instance=<release>) and install again";

/** Volumes with data, and nobody and nothing that tells of what cluster. */
const foreignData = (view: NodeView): LeftAlone => ({
  object: view.desired.name,
  reason: `its volume holds ${megabytes(view.directoryBytes ?? 0)} already, but the manager knows no initialised cluster`,
  remedy: anotherCluster,
  blocks: true,
});

/** The program's role is made on the nodes once INIT ALL was seen to succeed: a cluster that does not have it was never finished, or is not this release's. */
const shut = (view: NodeView): LeftAlone => ({
  object: view.desired.name,
  reason:
    "the manager knows no cluster, and this node runs without letting the program in: its cluster was never finished, or was made with another Secret",
  remedy: `put back the Secret it was made with; ${anotherCluster}`,
  blocks: true,
});

/** A postgres that starts tells in a moment what it is; one that is silent although its pod is well, nobody knows. */
function waitsFor(view: NodeView): Step[] {
  const { fact } = view;
  const silent = fact.state === "unreachable" && view.agentUp;
  const starting = fact.state === "refused" && !isLoginRefusal(fact.code);
  if (!silent && !starting) return [];
  return [
    {
      action: { kind: "wait", target: view.desired.name, for: "its postgres to answer" },
      reason: `the manager lost its catalog, and only the node can tell what it is: ${fact.detail}`,
      disturbance: "none",
      remedy: `if it stays so: kubectl delete pod ${view.desired.pod}`,
    },
  ];
}

/**
 * Where the manager finds it: its live pod. One that is away gets an address nobody can have until it is back (hosts.ts), for its old one may be another pod's by now.
 */
function hostsOf(world: World, proof: Proof, rows: readonly ManagerNode[]): readonly ManagerHost[] {
  const views = new Map(proof.candidates.map((view) => [view.desired.name as string, view]));
  const live = new Set(proof.candidates.map(({ address }) => address));
  const { agentPort } = world.topology.engine;
  return [...new Set(rows.map(({ host }) => host))].map((name, index): ManagerHost => {
    const kept = proof.kept?.hosts.find((host) => host.name === name);
    const view = views.get(name);
    const old = view === undefined && !live.has(kept?.address) ? kept?.address : undefined;
    return {
      name,
      address: view?.address ?? old ?? parkedAt(index),
      agentPort: kept?.agentPort ?? agentPort,
    };
  });
}

/** A cluster without one of these never was one. */
const kindsOfACluster = ["gtmcoord master", "coordinator master", "datanode master"] as const;

function incomplete(world: World, rows: readonly ManagerNode[]): readonly LeftAlone[] {
  const missing = kindsOfACluster.filter((kind) => !rows.some((row) => row.inCluster && row.kind === kind));
  if (missing.length === 0) return [];
  const filled = world.nodes.filter(({ directoryBytes }) => (directoryBytes ?? 0) >= emptyDirectoryBytes);
  if (filled.length > 0) return filled.map(foreignData);
  const reason = `the manager knows no cluster, and nothing proves a ${missing.join(" or a ")} although nodes run`;
  return [{ object: "cluster", reason, remedy: anotherCluster, blocks: true }];
}

function rebuild(world: World, proof: Proof, nodes: readonly ManagerNode[]): Findings {
  const { kept, listed } = proof;
  const catalog: RebuiltCatalog = {
    hosts: hostsOf(world, proof, nodes),
    nodes,
    parameterNotes: kept?.parameterNotes ?? [],
    departures: kept?.departures ?? [],
    ...(kept === undefined ? {} : { parameters: kept.parameters }),
  };
  const members = nodes.filter(({ inCluster }) => inCluster).length;
  const by = [
    ...(listed === undefined ? [] : ["as the nodes that run show"]),
    ...(kept === undefined ? [] : ["as was kept"]),
  ];
  return {
    steps: [
      {
        action: { kind: "rebuild-catalog", target: "manager", catalog },
        reason: `it knows no member and ${members} nodes of a cluster are there, ${by.join(" and ")}: its volume was lost`,
        disturbance: "none: no node hears of it",
      },
    ],
  };
}

/** The catalog of a manager that lost its volume, from the nodes that run and from what was kept; or who has to decide what. */
export const planRebuild: Concern = (world) => {
  if (!isLost(world)) return { steps: [] };
  const proof = gatherProof(world);
  const refusals = proof.candidates.filter(
    ({ fact }) => fact.state === "refused" && isLoginRefusal(fact.code),
  );
  if (refusals.length > 0) return { steps: [], leftAlone: refusals.map(shut) };
  const waits = proof.candidates.flatMap(waitsFor);
  if (waits.length > 0) return { steps: waits };
  const { rows, unclear } = rebuiltRows(proof, world.topology.engine);
  const open = [...proof.unclear, ...unclear];
  if (open.length > 0) return { steps: [], leftAlone: open };
  const gaps = incomplete(world, rows);
  return gaps.length > 0 ? { steps: [], leftAlone: gaps } : rebuild(world, proof, rows);
};

/** No node shows that there is a cluster, for none runs, but what was kept tells of one. */
const isKeptAlone = ({ initialised, manager, snapshot }: World): boolean =>
  !initialised && manager.journal !== "begun" && snapshot.kept.state === "kept";

/** Before it is known who is a member, no pod may go. */
export const barWhileLost: Concern = (world) =>
  isLost(world) || isKeptAlone(world)
    ? {
        steps: [],
        leftAlone: [
          {
            object: "manager",
            reason: "it has lost its catalog: nodes can't leave the cluster before it is rebuilt",
            remedy: "the watcher rebuilds it, or says what it needs; then upgrade again",
            blocks: true,
          },
        ],
      }
    : { steps: [] };
