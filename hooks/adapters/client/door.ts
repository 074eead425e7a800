import { Secret } from "../../kit/secret.ts";
import { Failure } from "../../model/failure.ts";
import type { ClientDoor, Endpoint } from "../../ports/client.ts";
import type { Bounds } from "../../ports/manager.ts";
import { PgSession } from "../../adapters/pg/session.ts";
import { troubleOf } from "../../adapters/pg/trouble.ts";
import { clientFailure, knockOf } from "./classify.ts";
import { makeClientSession } from "./session.ts";

export interface ClientAccess {
  readonly role: string;
  readonly password: Secret;
  readonly database: string;
  /** At most 3 s: an address no pod has any more answers nothing for two minutes. */
  readonly connectTimeoutMs: number;
}

/**
 * The server gives up a little before the program cuts the connection: a statement that was cut would go on, and hold its locks. A coordinator that is
 * connecting to an address nobody has does not notice, hence both.
 */
const serverShare = 0.9;

function connect(access: ClientAccess, at: Endpoint, bounds: Bounds): Promise<PgSession> {
  const target = {
    host: at.host,
    port: at.port,
    user: access.role,
    password: access.password,
    database: access.database,
    options: `-c statement_timeout=${Math.max(1, Math.round(bounds.timeoutMs * serverShare))}`,
    connectTimeoutMs: access.connectTimeoutMs,
  };
  return PgSession.connect(target, bounds);
}

const refused = "28P01"; // invalid_password

async function tryWrongPassword(access: ClientAccess, at: Endpoint, bounds: Bounds): Promise<void> {
  const wrong = { ...access, password: new Secret(`not ${access.password.reveal()}`) };
  const doing = `log in as ${access.role} with a wrong password`;
  try {
    const session = await connect(wrong, at, bounds);
    await session[Symbol.asyncDispose]();
  } catch (error) {
    const trouble = troubleOf(error, "connect");
    if (trouble.kind === "server" && trouble.sqlState === refused) return;
    const { message } = clientFailure(error, at.name, doing, "connect");
    const what = `a wrong password must be refused as such (${refused}), and this came instead: ${message}`;
    throw new Failure({ class: "retry", code: "wrong-password-answer", what, object: at.name });
  }
  throw new Failure({
    class: "terminal",
    code: "wrong-password-accepted",
    what: `it lets ${access.role} in with a wrong password`,
    object: at.name,
    remedy: "a line of pg_hba.conf trusts this pod's address; reconcile writes the file anew",
  });
}

/** A release's front door, as the application's role. */
export function makeClientDoor(access: ClientAccess): ClientDoor {
  return {
    open: async (at, bounds) => {
      const session = await connect(access, at, bounds).catch((error: unknown) => {
        throw clientFailure(error, at.name, `log in as ${access.role}`, "connect");
      });
      return makeClientSession(session, at.name);
    },
    tryWrongPassword: (at, bounds) => tryWrongPassword(access, at, bounds),
    knock: async (at, bounds) => {
      try {
        const session = await connect(access, at, bounds);
        await session[Symbol.asyncDispose]();
        return "answers";
      } catch (error) {
        return knockOf(error);
      }
    },
  };
}
