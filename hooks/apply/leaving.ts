import type { Action } from "../model/action.ts";
import { Failure } from "../model/failure.ts";
import { addressOf, boundsFor, type ApplyContext, withManager } from "./context.ts";

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
    const sizes = stop
      ? (await manager.readFacts({ sizes: [target], settings: [] }, bounds)).directoryBytes
      : undefined;
    const bytes = sizes?.get(target);
    await manager.writeDeparture(
      { node: target, kind: as, ...(bytes === undefined ? {} : { bytes }) },
      bounds,
    );
    // What it holds now is more than what an APPEND left.
    await manager.forgetAppendNote(target, bounds);
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

/** Counting empty tables takes no time, whatever their number; the lock must not last. */
const unlistMs = 60_000;

export async function applyUnlist(action: Of<"unlist-datanode">, context: ApplyContext): Promise<void> {
  const { target, holders, silent } = action;
  const addresses = holders.map((name) => addressOf(context, name));
  const gtm = addresses.find(({ name }) => /^gcs?_/.test(name));
  if (gtm === undefined)
    throw new Failure({
      class: "bug",
      code: "no-gtm",
      what: "no gtm among those who list it",
      object: target,
    });
  const where = {
    gtm,
    holders: addresses,
    datanode: addressOf(context, target),
    ...(silent === undefined ? {} : { silent }),
  };
  await context.placement.unlist(where, boundsFor(context, unlistMs));
}

export async function applyExpel(action: Of<"expel-datanode">, context: ApplyContext): Promise<void> {
  const { target, stop } = action;
  const bounds = boundsFor(context, removeMs);
  await withManager(context, async (manager) => {
    if (stop) await manager.stopNode(target, "datanode master", bounds);
    await manager.forgetAppendNote(target, bounds);
    await manager.expelDatanode(target, bounds);
  });
}
