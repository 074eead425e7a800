import type { Action } from "../model/action.ts";
import { boundsFor, type ApplyContext, withManager } from "./context.ts";

type Of<K extends Action["kind"]> = Extract<Action, { kind: K }>;

/** Each of them took less than two seconds; a stop waits for what is being written back. */
const removeMs = 90_000;
const catalogMs = 60_000;

/**
 * Stop, note, REMOVE. The note tells how much the directory holds once its postgres has stopped, and is made before the deed: what comes back later with exactly
 * that much is what left, and may be made anew.
 */
export async function applyRemove(action: Of<"remove-node">, context: ApplyContext): Promise<void> {
  const { target, as, stop } = action;
  const bounds = boundsFor(context, removeMs);
  await withManager(context, async (manager) => {
    if (stop) await manager.stopNode(target, as, bounds);
    const sizes = stop ? (await manager.readFacts({ sizes: [target] }, bounds)).directoryBytes : undefined;
    const bytes = sizes?.get(target);
    await manager.writeDeparture(
      { node: target, kind: as, ...(bytes === undefined ? {} : { bytes }) },
      bounds,
    );
    await manager.removeNode(target, as, bounds);
  });
}

export async function applyDropNode(action: Of<"drop-node">, context: ApplyContext): Promise<void> {
  await withManager(context, (manager) =>
    manager.dropNode(action.target, action.as, boundsFor(context, catalogMs)),
  );
}

export async function applyDropHost(action: Of<"drop-host">, context: ApplyContext): Promise<void> {
  await withManager(context, (manager) => manager.dropHost(action.target, boundsFor(context, catalogMs)));
}
