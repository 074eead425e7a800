import type { Action } from "../model/action.ts";
import { boundsFor, type ApplyContext, withManager } from "./context.ts";

/** One question to the master, one line in its file, a reload: what takes longer is a master that is busy. */
const alterMs = 30_000;

/** Repeated it does the same again: cut off between the master's file and the manager's row, it is simply done once more. */
export async function applyMakeSynchronous(
  { target, as }: Extract<Action, { kind: "make-synchronous" }>,
  context: ApplyContext,
): Promise<void> {
  await withManager(context, (manager) => manager.makeSynchronous(target, as, boundsFor(context, alterMs)));
}
