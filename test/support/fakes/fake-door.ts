import { Failure } from "../../../hooks/model/failure.ts";
import type { ClientDoor, ClientSession, Endpoint } from "../../../hooks/ports/client.ts";
import { methodFor } from "./hba.ts";
import { isDatanode, type Live } from "./network.ts";
import type { World } from "./world.ts";

/** The table of the test as the cluster holds it, whoever looks. */
export interface TrialTable {
  rows?: ReadonlyMap<string, number>;
  /** Somebody else's objects are in its schema. */
  strangers: boolean;
}

export interface FakeDoor extends ClientDoor {
  readonly table: TrialTable;
}

const ownAddress = "10.99.0.8";
const refuse = (facts: { code: string; what: string; object: string }): Failure =>
  new Failure({ class: "wait", ...facts });

function enter(world: World, at: Endpoint): Live {
  world.network.settle();
  const live =
    at.host === "antdb-rw"
      ? world.network.lives().find(({ pod }) => pod.state === "coordinator")
      : world.network.liveAt(at);
  if (live === undefined) throw refuse({ code: "server-down", what: "nobody answers", object: at.name });
  return live;
}

/** A release's front door in the world's rules: who is led where, what a commit needs, whom pg_hba.conf lets in. */
export function makeFakeDoor(world: World): FakeDoor {
  const table: TrialTable = { strangers: false };
  return {
    table,
    open: async (at, { signal }) => {
      await world.clock.sleep(10, signal);
      return makeSession(world, table, { live: enter(world, at), object: at.name });
    },
    tryWrongPassword: (at) => {
      const { disk } = enter(world, at);
      const method = methodFor(disk.hba, { database: "other", user: "app", address: ownAddress });
      if (method === "md5") return Promise.resolve();
      const what = `lets app in by ${method ?? "nothing"}`;
      return Promise.reject(
        new Failure({ class: "terminal", code: "wrong-password-accepted", what, object: at.name }),
      );
    },
    knock: async (at, { timeoutMs, signal }) => {
      const pod = world.network.podAt(at.host);
      await world.clock.sleep(pod === undefined ? timeoutMs : 5, signal);
      return pod === undefined ? "silent" : pod.running ? "answers" : "refused";
    },
  };
}

function makeSession(
  world: World,
  table: TrialTable,
  { live, object }: { readonly live: Live; readonly object: string },
): ClientSession {
  const must = async (): Promise<readonly Live[]> => {
    await world.clock.sleep(20, new AbortController().signal);
    const session = { at: live, user: "app" };
    const why = world.network.whyNoDistributedCommit(session, isDatanode);
    if (why !== undefined) throw refuse({ code: "server-error", what: why, object });
    const datanodes = world.network.partners(session, isDatanode);
    return typeof datanodes === "string" ? [] : datanodes;
  };
  return {
    dropTable: async () => {
      if (table.strangers)
        throw new Failure({
          class: "terminal",
          code: "schema-not-the-tests",
          what: "holds other objects",
          object,
        });
      if (table.rows === undefined) return;
      await must();
      delete table.rows;
    },
    fillTable: async (count) => {
      if (table.rows !== undefined)
        throw refuse({ code: "server-error", what: "schema is there already", object });
      const datanodes = await must();
      const share = (index: number): number => Math.floor((count + index) / datanodes.length);
      table.rows = new Map(datanodes.map(({ disk }, index) => [disk.name, share(index)]));
    },
    rowsPerNode: async () => {
      await must();
      return table.rows ?? new Map<string, number>();
    },
    holds: async (count) => {
      await must();
      return [...(table.rows?.values() ?? [])].reduce((sum, rows) => sum + rows, 0) === count;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
