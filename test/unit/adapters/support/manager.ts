import { expect } from "vitest";
import { makeManagerConnector } from "../../../../hooks/adapters/manager/manager.ts";
import { Secret } from "../../../../hooks/kit/secret.ts";
import type { Manager } from "../../../../hooks/ports/manager.ts";
import { makeFakeLog } from "../../../support/fakes/fake-log.ts";
import type { PgServer, Reply, Script } from "./pg-server.ts";

export const bounds = { timeoutMs: 2000, signal: new AbortController().signal };

export const connect = (server: Pick<PgServer, "port">): Promise<Manager & AsyncDisposable> =>
  makeManagerConnector(
    {
      port: server.port,
      user: "antdb_hooks",
      password: new Secret("x"),
      osUser: "antdb",
      connectTimeoutMs: 300,
    },
    makeFakeLog(),
  ).connect("127.0.0.1", bounds);

/** Answers the statements that matter and lets session set-up pass. */
export const replying = (replies: Readonly<Record<string, Reply>>): Script => ({
  reply: (text) => Object.entries(replies).find(([start]) => text.startsWith(start))?.[1] ?? { rows: [] },
});

/** A Failure with these facts. */
export const failing = (facts: object): object => ({ facts: expect.objectContaining(facts) as object });
