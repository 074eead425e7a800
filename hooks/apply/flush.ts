import type { Action } from "../model/action.ts";
import { boundsFor, type ApplyContext, withManager } from "./context.ts";

/** 0.9-4.5 s with eight nodes; it goes through them one by one. */
export const flushMs = 120_000;

export async function applyFlushHosts(
  _action: Extract<Action, { kind: "flush-hosts" }>,
  context: ApplyContext,
): Promise<void> {
  await withManager(context, (manager) => manager.flushHost(boundsFor(context, flushMs)));
}
