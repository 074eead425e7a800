import type { Secret } from "../../kit/secret.ts";
import type { Bounds } from "../../ports/manager.ts";
import type { NodeAddress } from "../../ports/node.ts";
import type { MonitorRole } from "../../adapters/pg/monitor-role.ts";
import { quietLog } from "../../adapters/pg/quiet-log.ts";
import { PgSession } from "../../adapters/pg/session.ts";
import { TimeBox } from "../../adapters/pg/time-box.ts";
import { nodeFailure } from "./classify.ts";

/** How the program gets into nodes, and what it has to make there for clients. */
export interface NodeAccess {
  /** The program's own role. */
  readonly user: string;
  readonly password: Secret;
  /** The engine's own superuser: standbys log in with it at their masters. */
  readonly osUser: string;
  /** The node's directory in its pod. */
  readonly dataDir: string;
  /** At most 3 s: an address no pod has any more answers nothing for two minutes. */
  readonly connectTimeoutMs: number;
  readonly client: { readonly role: string; readonly password: Secret; readonly database: string };
  /** The exporters' role; absent where there are none. */
  readonly monitor?: MonitorRole;
}

/**
 * `postgres` is where the cluster's own work is done. In `template1` a node takes no part in global transactions: reading and writing its own
 * files works there even while it cannot reach its gtm, where every statement in another database waits a minute and fails
 * (src/include/agtm/agtm.h IsNormalDatabase, src/backend/replication/snapreceiver.c SnapRcvGetSnapshot).
 */
export type Database = "postgres" | "template1";

/**
 * A gtm that has just started serves nobody until every coordinator and datanode streams from it, which they can't while its own pg_hba.conf is stale.
 * This user-settable switch lets a session read and write the gtm's own files and catalog before that
 * (src/backend/replication/snapsender.c SnapSenderGetSnapshot); other nodes do not look at it.
 */
const beforeAllStream = "-c adb_check_sync_nextid=off";

export function openNode(
  access: NodeAccess,
  node: NodeAddress,
  { database, applicationName }: { readonly database: string; readonly applicationName?: string | undefined },
  bounds: Bounds,
): Promise<PgSession> {
  const target = {
    host: node.address,
    port: node.port,
    user: access.user,
    password: access.password,
    database,
    options: `-c statement_timeout=${Math.max(1, Math.round(bounds.timeoutMs))} ${quietLog} ${beforeAllStream}`,
    connectTimeoutMs: access.connectTimeoutMs,
    ...(applicationName === undefined ? {} : { applicationName }),
  };
  return PgSession.connect(target, bounds);
}

/** What a verb on a node needs: a session, and the time that is left of its bounds. */
export interface NodeWork {
  readonly session: PgSession;
  readonly time: TimeBox;
}

/** Where work is done, and what it is, for messages. */
export interface NodePlace {
  readonly node: NodeAddress;
  readonly database: string;
  readonly doing: string;
  /** How the session is called where it is looked for (pg_stat_activity). */
  readonly applicationName?: string;
}

/** Opens a connection for one piece of work and closes it, whatever happens. Throws a Failure that says what was being done. */
export async function onNode<T>(
  access: NodeAccess,
  where: NodePlace,
  bounds: Bounds,
  work: (work: NodeWork) => Promise<T>,
): Promise<T> {
  const time = new TimeBox(bounds);
  const fail = (phase: "connect" | "query") => (error: unknown) => {
    throw nodeFailure(error, where.node.name, where.doing, phase);
  };
  const { node, database, applicationName } = where;
  await using session = await openNode(access, node, { database, applicationName }, time.left()).catch(
    fail("connect"),
  );
  return await work({ session, time }).catch(fail("query"));
}
