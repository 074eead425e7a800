import type { Action } from "../model/action.ts";
import type { NodeKind } from "../model/role.ts";
import type { NodeName } from "../model/topology.ts";
import type { Manager } from "../ports/manager.ts";
import { addressOf, boundsFor, type ApplyContext, withManager } from "./context.ts";

/** Commands that only edit the manager's catalog answer in milliseconds; a minute covers a manager that is busy starting. */
const catalogMs = 60_000;
/** pg_ctl -w waits 60 s by itself (manager reference §10-6); a long replay may take all of it. */
const startMs = 90_000;
/** INIT ALL took 9-35 s with eight nodes; initdb and starts are serial in it, so slow disks multiply. */
const initialiseMs = 600_000;

type Of<K extends Action["kind"]> = Extract<Action, { kind: K }>;

export async function applyAddHost(action: Of<"add-host">, context: ApplyContext): Promise<void> {
  const { osUser, home, agentPort } = context.topology.engine;
  const host = { name: action.target, address: action.address, agentPort, user: osUser, home };
  await withManager(context, (manager) => manager.addHost(host, boundsFor(context, catalogMs)));
}

export async function applyAlterHost(action: Of<"alter-host">, context: ApplyContext): Promise<void> {
  await withManager(context, (manager) =>
    manager.alterHostAddress(action.target, action.address, boundsFor(context, catalogMs)),
  );
}

export async function applyAddNode(action: Of<"add-node">, context: ApplyContext): Promise<void> {
  const { target, as, port, path, follows } = action;
  const node = {
    name: target,
    kind: as,
    host: target,
    port,
    path,
    ...(follows === undefined ? {} : { follows }),
  };
  await withManager(context, (manager) => manager.addNode(node, boundsFor(context, catalogMs)));
}

/**
 * The note comes before the deed: a run that is killed in INIT ALL leaves `begun` behind, and only that lets the next run clean what it made.
 * Directories were seen to be empty before the note was written, so all that is in them is INIT ALL's own.
 */
export async function applyInitialise(action: Of<"initialise">, context: ApplyContext): Promise<void> {
  const bounds = boundsFor(context, initialiseMs);
  const recover = async (manager: Manager): Promise<void> => {
    await manager.stopAll(bounds);
    await manager.cleanAll(bounds);
  };
  await withManager(context, async (manager) => {
    if (action.recover) await recover(manager);
    else await manager.writeJournal("begun", bounds);
  });
  // Options of INIT ALL stay behind in the session that gave them (manager reference §1.5): a fresh one each time.
  await withManager(context, (manager) => manager.initAll(bounds));
}

export async function applySeal(_action: Of<"seal-initialisation">, context: ApplyContext): Promise<void> {
  await withManager(context, (manager) => manager.writeJournal("finished", boundsFor(context, catalogMs)));
}

export async function applyStart(action: Of<"start-node">, context: ApplyContext): Promise<void> {
  const { target, as, gtm } = action;
  await withManager(context, async (manager) => {
    if (gtm !== undefined) await manager.setNodeGtm(target, as, gtm, boundsFor(context, catalogMs));
    await manager.startNode(target, as, boundsFor(context, startMs));
  });
}

/** How long a node may take to notice by itself that the gtm can be reached again. */
const comeRoundMs = 3000;

/** Asks until the node answers with its gtm; true when it did within `comeRoundMs`. */
async function comesRound(action: Of<"reconnect-gtm">, context: ApplyContext): Promise<boolean> {
  const endMs = context.clock.nowMs() + comeRoundMs;
  for (;;) {
    const question = { kind: action.as, client: false, settings: [] };
    const fact = await context.nodes.look(
      addressOf(context, action.target),
      question,
      boundsFor(context, 2000),
    );
    if (fact.state === "up" && fact.waitsForGtm !== true) return true;
    if (context.clock.nowMs() > endMs) return false;
    await context.clock.sleep(200, context.signal);
  }
}

export async function applyReconnectGtm(action: Of<"reconnect-gtm">, context: ApplyContext): Promise<void> {
  if (!(await comesRound(action, context))) await restartNode(action.target, action.as, context);
}

export const applyRestart = (action: Of<"restart-node">, context: ApplyContext): Promise<void> =>
  restartNode(action.target, action.as, context);

async function restartNode(name: NodeName, kind: NodeKind, context: ApplyContext): Promise<void> {
  const bounds = boundsFor(context, startMs);
  await withManager(context, async (manager) => {
    await manager.stopNode(name, kind, bounds);
    await manager.startNode(name, kind, bounds);
  });
}

/** The standby reads its source address at start only (recovery.conf), so it is restarted, and nobody else is. */
export async function applyRepointStandby(
  action: Of<"repoint-standby">,
  context: ApplyContext,
): Promise<void> {
  const bounds = boundsFor(context, startMs);
  await context.nodes.writePrimary(
    addressOf(context, action.target),
    { host: action.host, port: action.port },
    bounds,
  );
  await restartNode(action.target, action.as, context);
}
