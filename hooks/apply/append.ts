import { backoffDelaysMs } from "../kit/backoff.ts";
import type { Action } from "../model/action.ts";
import { emptyDirectoryBytes } from "../model/directory.ts";
import { Failure } from "../model/failure.ts";
import type { NodeName } from "../model/topology.ts";
import type { Bounds, Manager } from "../ports/manager.ts";
import { addressOf, boundsFor, type ApplyContext, withManager } from "./context.ts";

type Of<K extends Action["kind"]> = Extract<Action, { kind: K }>;
type Append = Extract<Action, { kind: "append-node" | "append-standby" }>;

/** A standby's APPEND copies all of its master's rows: what bounds it is the run's own deadline, which the user sets by the size of his volumes. */
const appendMs = 24 * 3600 * 1000;
const clearMs = 90_000;
/** SQL on one node: longer only where a commit has to wait for a standby that is just coming back. */
const nodeMs = 30_000;
/** An initdb or a copy that an agent still carries on for a manager that is gone writes more than nothing in this time. */
const stillMs = 1000;

async function directoryBytes(manager: Manager, name: NodeName, bounds: Bounds): Promise<number> {
  const { directoryBytes: sizes } = await manager.readFacts({ sizes: [name], settings: [] }, bounds);
  const bytes = sizes.get(name);
  if (bytes !== undefined) return bytes;
  const what = "its agent does not tell the size of its directory";
  throw new Failure({ class: "wait", code: "agent-unreachable", what, object: name });
}

/** Asked again right before the note that would allow the directory to be cleaned one day. */
async function provedEmpty(manager: Manager, name: NodeName, bounds: Bounds): Promise<void> {
  if ((await directoryBytes(manager, name, bounds)) < emptyDirectoryBytes) return;
  const what = "its directory is not empty any more";
  throw new Failure({ class: "retry", code: "volume-holds-data", what, object: name });
}

/**
 * Proof, note, APPEND. The note comes before the deed, as with INIT ALL: whatever the deed leaves in the directory when it is cut off is then known to be its own. Where a departure
 * is the proof, the note comes before CLEAN, which can be cut off as well.
 */
export async function applyAppend(action: Append, context: ApplyContext): Promise<void> {
  const { target, as, clean } = action;
  const bounds = boundsFor(context, appendMs);
  await withManager(context, async (manager) => {
    if (clean !== true) await provedEmpty(manager, target, bounds);
    await manager.writeAppendNote({ node: target, kind: as }, bounds);
    if (clean !== true) return;
    await manager.cleanNode(target, as, bounds);
    await provedEmpty(manager, target, bounds);
  });
  // Options stay behind in the session that gave them (manager reference §1.5): a fresh one for APPEND.
  await withManager(context, async (manager) => {
    await manager.appendNode(target, as, bounds);
    await manager.forgetAppendNote(target, bounds);
    await manager.forgetDeparture(target, bounds);
  });
}

/** A directory that still grows is left to whoever writes it: emptied now it would be filled again. */
async function waitsForNobody(manager: Manager, target: NodeName, context: ApplyContext): Promise<void> {
  const bounds = boundsFor(context, clearMs);
  const before = await directoryBytes(manager, target, bounds);
  await context.clock.sleep(stillMs, context.signal);
  if ((await directoryBytes(manager, target, bounds)) === before) return;
  const what = "its directory still grows: the agent goes on with an APPEND that was cut off";
  throw new Failure({ class: "wait", code: "still-written", what, object: target });
}

export async function applyClearAppend(action: Of<"clear-append">, context: ApplyContext): Promise<void> {
  const { target, as, redefine } = action;
  const bounds = boundsFor(context, clearMs);
  await withManager(context, async (manager) => {
    await manager.stopNode(target, as, bounds);
    await waitsForNobody(manager, target, context);
    await manager.cleanNode(target, as, bounds);
    if (redefine) await manager.dropNode(target, as, bounds);
  });
}

export async function applyForgetAppend(
  { target }: Of<"forget-append">,
  context: ApplyContext,
): Promise<void> {
  await withManager(context, (manager) => manager.forgetAppendNote(target, boundsFor(context, nodeMs)));
}

export const applyStrikeRows = ({ target, names }: Of<"strike-rows">, context: ApplyContext): Promise<void> =>
  context.nodes.strikeRows(addressOf(context, target), names, boundsFor(context, nodeMs));

export const applyAddRows = ({ target, rows }: Of<"add-rows">, context: ApplyContext): Promise<void> =>
  context.nodes.addRows(addressOf(context, target), rows, boundsFor(context, nodeMs));

export const applyDropSlot = ({ target, slot }: Of<"drop-slot">, context: ApplyContext): Promise<void> =>
  context.nodes.dropSlot(addressOf(context, target), slot, boundsFor(context, nodeMs));

const firstLookMs = 200;
const longestPauseMs = 2000;

/**
 * Resolves when this APPEND has begun to fill its directory. Until then it adds lines to the pg_hba.conf of the gtm and of the standby's master, through agents that read the file and write it
 * anew without a lock (src/bin/agent/agt_cmd.c, cmd_node_refresh_pghba_parse): two at once would lose each other's lines, or find an empty file. Afterwards it writes only to its own
 * directory and to its own master's.
 */
export async function pastCollisions(
  target: NodeName,
  context: ApplyContext,
  over: AbortSignal,
): Promise<void> {
  const pauses = backoffDelaysMs(firstLookMs, longestPauseMs);
  while (!over.aborted && !context.signal.aborted) {
    const bytes = await withManager(context, (manager) =>
      directoryBytes(manager, target, boundsFor(context, nodeMs)),
    ).catch(() => 0);
    if (bytes >= emptyDirectoryBytes) return;
    await context.clock
      .sleep(pauses.next().value, AbortSignal.any([over, context.signal]))
      .catch(() => undefined);
  }
}
