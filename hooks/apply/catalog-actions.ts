import type { Action } from "../model/action.ts";
import { Failure, toFailure } from "../model/failure.ts";
import { catalogOf } from "../model/kept-catalog.ts";
import { boundsFor, managerFacts, type ApplyContext, withManager } from "./context.ts";

/** Some twenty statements of milliseconds. */
const rebuildMs = 60_000;

export async function applyRebuildCatalog(
  { catalog }: Extract<Action, { kind: "rebuild-catalog" }>,
  context: ApplyContext,
): Promise<void> {
  const { osUser: user, home } = context.topology.engine;
  await withManager(context, (manager) =>
    manager.rebuildCatalog(catalog, { user, home }, boundsFor(context, rebuildMs)),
  );
}

export const applyKeepCatalog = (
  _action: Extract<Action, { kind: "keep-catalog" }>,
  context: ApplyContext,
): Promise<void> => neverTheEnd(context.keeper.write(catalogOf(managerFacts(context)), context.signal));

export const applyForgetCatalog = (
  _action: Extract<Action, { kind: "forget-catalog" }>,
  context: ApplyContext,
): Promise<void> => neverTheEnd(context.keeper.forget(context.signal));

/** Whatever keeps a copy from being written keeps nobody from healing the database: always worth a retry, never the end of a run. */
async function neverTheEnd(deed: Promise<void>): Promise<void> {
  try {
    await deed;
  } catch (error) {
    const { facts } = toFailure(error, "the manager's catalog");
    throw new Failure({ ...facts, class: "retry" }, { cause: error });
  }
}
