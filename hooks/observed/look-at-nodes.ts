import type { ManagerFacts, ManagerNode, NodeFact, PodFact } from "../model/snapshot.ts";
import type { DesiredNode, NodeName } from "../model/topology.ts";
import type { Nodes } from "../ports/node.ts";
import { orAfter } from "./bounded.ts";

/** What of the world tells whether a node can be looked at, and as what. */
export interface Known {
  readonly pods: ReadonlyMap<string, PodFact>;
  /** Absent when the manager could not be read. */
  readonly manager: Pick<ManagerFacts, "nodes"> | undefined;
  /** There is something to append: who keeps it from being appended is asked for. */
  readonly growing: boolean;
  /** Somebody reads the plan: whom it would disturb is counted. */
  readonly sessions: boolean;
  /** Parameters to ask for. */
  readonly settings: readonly string[];
}

/** A look ends by itself within its time; this is for the one that does not. */
const graceMs = 500;

/** Every node that can be looked at, all at once: one that does not answer costs its own time-out and nobody else's. */
export async function lookAtNodes(
  wanted: readonly DesiredNode[],
  known: Known,
  nodes: Nodes,
  options: { readonly signal: AbortSignal; readonly lookTimeoutMs: number },
): Promise<ReadonlyMap<NodeName, NodeFact>> {
  const facts = await Promise.all(
    wanted.map(async (node): Promise<readonly [NodeName, NodeFact]> => {
      const found = address(node, known);
      return [
        node.name,
        typeof found === "string" ? { state: "not-looked-at", reason: found } : await lookAt(node, found),
      ];
    }),
  );
  return new Map(facts);

  function lookAt(node: DesiredNode, { ip, row }: { ip: string; row: ManagerNode }): Promise<NodeFact> {
    const bounds = { timeoutMs: options.lookTimeoutMs, signal: options.signal };
    const question = {
      kind: row.kind,
      client: row.kind === "coordinator master",
      settings: known.settings,
      ...(known.growing ? { ddlHolders: true } : {}),
      ...(known.sessions ? { sessions: true } : {}),
    };
    const late = (): NodeFact => ({
      state: "unreachable",
      detail: `no answer within ${options.lookTimeoutMs} ms`,
    });
    const look = nodes.look({ name: node.name, address: ip, port: node.port }, question, bounds);
    return orAfter(look, options.lookTimeoutMs + graceMs, late);
  }
}

/** Where and as what to look; else the reason why there is nothing to look at. */
function address(node: DesiredNode, { pods, manager }: Known): { ip: string; row: ManagerNode } | string {
  if (manager === undefined) return "the manager could not be read";
  const row = manager.nodes.find((candidate) => candidate.name === node.name);
  if (row === undefined) return "not defined in the manager yet";
  const pod = pods.get(node.pod);
  if (pod === undefined) return `pod ${node.pod} does not exist`;
  if (pod.ip === undefined) return pod.trouble?.words ?? `pod ${node.pod} has no address yet`;
  return { ip: pod.ip, row };
}
