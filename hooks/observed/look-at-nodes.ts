import type { NodeKind } from "../model/role.ts";
import type { ManagerFacts, NodeFact, PodFact } from "../model/snapshot.ts";
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
  /** What nodes are taken for, whatever the manager has written down: for one that knows no member. */
  readonly kinds?: ReadonlyMap<NodeName, NodeKind>;
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

  function lookAt(node: DesiredNode, { ip, kind }: { ip: string; kind: NodeKind }): Promise<NodeFact> {
    const bounds = { timeoutMs: options.lookTimeoutMs, signal: options.signal };
    const question = {
      kind,
      client: kind === "coordinator master",
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
function address(
  node: DesiredNode,
  { pods, manager, kinds }: Known,
): { ip: string; kind: NodeKind } | string {
  if (manager === undefined) return "the manager could not be read";
  const kind = kinds?.get(node.name) ?? manager.nodes.find(({ name }) => name === node.name)?.kind;
  if (kind === undefined) return "not defined in the manager yet";
  const pod = pods.get(node.pod);
  if (pod === undefined) return `pod ${node.pod} does not exist`;
  // Its address may be nobody's in the middle of the look, which then takes all of its time and holds up the healing of everybody else.
  if (pod.terminating) return `pod ${node.pod} is ending`;
  if (pod.ip === undefined) return pod.trouble?.words ?? `pod ${node.pod} has no address yet`;
  return { ip: pod.ip, kind };
}
