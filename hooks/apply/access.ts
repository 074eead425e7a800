import type { Action } from "../model/action.ts";
import { programRole } from "../model/own-roles.ts";
import { isFailure } from "../model/failure.ts";
import { managerNotTrusted } from "../ports/manager.ts";
import { flushMs } from "./flush.ts";
import { boundsFor, type ApplyContext, withManager } from "./context.ts";

/**
 * Makes the program's own role through the manager, the one peer every node lets in without a password. What travels is a SCRAM verifier, never the
 * password. `\gexec` because neither CREATE ROLE nor ALTER ROLE does for both a new and an existing role.
 */
export async function applyGrantAccess(
  action: Extract<Action, { kind: "grant-access" }>,
  context: ApplyContext,
): Promise<void> {
  const rest = `ROLE ${programRole} SUPERUSER LOGIN PASSWORD ''${context.programVerifier}''`;
  const statement =
    `SELECT CASE count(*) WHEN 0 THEN 'CREATE ' ELSE 'ALTER ' END || '${rest}' ` +
    `FROM pg_catalog.pg_roles WHERE rolname = '${programRole}' \\gexec`;
  const node = { address: action.address, port: action.port };
  await withManager(context, async (manager) => {
    const make = (): Promise<void> => manager.runOnNode(node, [statement], boundsFor(context, 30_000));
    try {
      await make();
    } catch (error) {
      if (!isFailure(error) || error.facts.code !== managerNotTrusted) throw error;
      // mgr's pod moved before this program was let in once: the nodes trust the manager's old address, and only agents can change that.
      await manager.flushHost(boundsFor(context, flushMs));
      await make();
    }
  });
}
