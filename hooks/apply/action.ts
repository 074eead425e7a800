import type { Action, ActionKind } from "../model/action.ts";
import { applyGrantAccess } from "./access.ts";
import {
  applyAddRows,
  applyAppend,
  applyClearAppend,
  applyDropSlot,
  applyForgetAppend,
  applyStrikeRows,
} from "./append.ts";
import { applyFlushHosts } from "./flush.ts";
import { applyDropHost, applyDropNode, applyExpel, applyRemove, applyUnlist } from "./leaving.ts";
import { applyLabel } from "./label.ts";
import { applyForgetCatalog, applyKeepCatalog, applyRebuildCatalog } from "./catalog-actions.ts";
import { addressOf, boundsFor, type ApplyContext, withManager } from "./context.ts";
import {
  applyAddHost,
  applyAddNode,
  applyAlterHost,
  applyInitialise,
  applyReconnectGtm,
  applyRepointStandby,
  applyRestart,
  applySeal,
  applyStart,
} from "./manager-actions.ts";
import { applyMakeSynchronous } from "./synchrony.ts";
import {
  applyForgetParameters,
  applyReloadSettings,
  applyResetParameters,
  applySetParameters,
} from "./parameter-actions.ts";

/** SQL on one node: longer only where a commit has to wait for a standby that is just coming back. */
const nodeMs = 30_000;

type Handlers = {
  readonly [K in ActionKind]: (action: Extract<Action, { kind: K }>, context: ApplyContext) => Promise<void>;
};

const handlers: Handlers = {
  "add-host": applyAddHost,
  "alter-host": applyAlterHost,
  "add-node": applyAddNode,
  "set-parameters": applySetParameters,
  "reset-parameters": applyResetParameters,
  "reload-settings": applyReloadSettings,
  "forget-parameters": applyForgetParameters,
  "restart-node": applyRestart,
  "rebuild-catalog": applyRebuildCatalog,
  "keep-catalog": applyKeepCatalog,
  "forget-catalog": applyForgetCatalog,
  initialise: applyInitialise,
  "seal-initialisation": applySeal,
  "start-node": applyStart,
  "reconnect-gtm": applyReconnectGtm,
  "append-node": applyAppend,
  "append-standby": applyAppend,
  "flush-hosts": applyFlushHosts,
  "clear-append": applyClearAppend,
  "strike-rows": applyStrikeRows,
  "add-rows": applyAddRows,
  "forget-append": applyForgetAppend,
  "drop-slot": applyDropSlot,
  "remove-node": applyRemove,
  "unlist-datanode": applyUnlist,
  "expel-datanode": applyExpel,
  "drop-node": applyDropNode,
  "drop-host": applyDropHost,
  "repoint-standby": applyRepointStandby,
  "make-synchronous": applyMakeSynchronous,
  "grant-access": applyGrantAccess,
  "write-hba": ({ target, lines }, context) =>
    context.nodes.writeHba(addressOf(context, target), lines, boundsFor(context, nodeMs)),
  "repoint-gtm": ({ target, host, port }, context) =>
    context.nodes.repointGtm(addressOf(context, target), { host, port }, boundsFor(context, nodeMs)),
  "repoint-catalog": ({ target, rows }, context) =>
    context.nodes.repointCatalog(addressOf(context, target), rows, boundsFor(context, nodeMs)),
  "label-pod": applyLabel,
  "withdraw-pod": applyLabel,
  "make-client-role": ({ target }, context) =>
    context.nodes.makeClientRole(addressOf(context, target), boundsFor(context, nodeMs)),
  "make-client-database": ({ target }, context) =>
    context.nodes.makeClientDatabase(addressOf(context, target), boundsFor(context, nodeMs)),
  "make-monitor-role": ({ target }, context) =>
    context.nodes.makeMonitorRole(addressOf(context, target), boundsFor(context, nodeMs)),
  "make-manager-monitor-role": (_action, context) =>
    withManager(context, (manager) => manager.makeMonitorRole(boundsFor(context, nodeMs))),
  // A wait is a state of the plan, not a deed: the loop looks again.
  wait: () => Promise.resolve(),
};

/** Carries one action out. Throws a Failure; whether it was done is for the next observation to say. */
export async function applyAction(action: Action, context: ApplyContext): Promise<void> {
  const handler = handlers[action.kind] as (action: Action, context: ApplyContext) => Promise<void>;
  await handler(action, context);
}
