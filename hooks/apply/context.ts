import { Failure } from "../model/failure.ts";
import type { ManagerFacts, Snapshot } from "../model/snapshot.ts";
import type { DesiredNode, NodeName, Topology } from "../model/topology.ts";
import type { CatalogKeeper } from "../ports/catalog-keeper.ts";
import type { Clock } from "../ports/clock.ts";
import type { Kube } from "../ports/kube.ts";
import type { Log } from "../ports/log.ts";
import type { Bounds, Manager, ManagerConnector } from "../ports/manager.ts";
import type { Placement } from "../ports/placement.ts";
import { nodeOfName } from "../model/leaving.ts";
import type { NodeAddress, Nodes } from "../ports/node.ts";

/** What an action needs to be carried out. `signal` aborts when time is up, when the writer's lease is lost, or on a signal to stop. */
export interface ApplyContext {
  readonly topology: Topology;
  readonly snapshot: Snapshot;
  readonly kube: Kube;
  readonly managers: ManagerConnector;
  readonly nodes: Nodes;
  readonly placement: Placement;
  readonly keeper: CatalogKeeper;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Aborts earlier than `signal` where the run is given time to end in order: nothing is begun any more, what is under way goes on. */
  readonly stopping: AbortSignal;
  readonly remainingMs: () => number;
  /** SCRAM verifier of the program's own password: what may stand in SQL text where the password may not. */
  readonly programVerifier: string;
}

/** Never past the run's own deadline: a command that could not finish in time is not given longer. */
export const boundsFor = (context: ApplyContext, timeoutMs: number): Bounds => ({
  timeoutMs: Math.max(1000, Math.min(timeoutMs, context.remainingMs())),
  signal: context.signal,
});

export function managerFacts(context: ApplyContext): ManagerFacts {
  if (context.snapshot.manager !== undefined) return context.snapshot.manager;
  throw new Failure({
    class: "bug",
    code: "no-manager",
    what: "an action was planned without a manager",
    object: "manager",
  });
}

/** A manager session of the action's own: one whose outcome became unknown spoils no other. */
export async function withManager<T>(
  context: ApplyContext,
  work: (manager: Manager) => Promise<T>,
): Promise<T> {
  await using manager = await context.managers.connect(
    managerFacts(context).address,
    boundsFor(context, 10_000),
  );
  return await work(manager);
}

function desiredNode(context: ApplyContext, name: NodeName): DesiredNode {
  const port = context.snapshot.manager?.nodes.find((row) => row.name === name)?.port;
  const wanted = context.topology.nodes.find((candidate) => candidate.name === name);
  const node = wanted ?? nodeOfName(context.topology, name, port);
  if (node === undefined)
    throw new Failure({
      class: "bug",
      code: "unknown-node",
      what: "an action names a node that is none of ours",
      object: name,
    });
  return node;
}

/** Where the node answers now: its pod's address, whatever the manager has written down. */
export function addressOf(context: ApplyContext, name: NodeName): NodeAddress {
  const node = desiredNode(context, name);
  const address = context.snapshot.pods.get(node.pod)?.ip;
  if (address === undefined)
    throw new Failure({
      class: "retry",
      code: "pod-away",
      what: `its pod ${node.pod} has no address any more`,
      object: name,
    });
  return { name, address, port: node.port };
}
