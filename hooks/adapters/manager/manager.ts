import type { Secret } from "../../kit/secret.ts";
import type { Log } from "../../ports/log.ts";
import type { Bounds, Manager, ManagerConnector, ParameterTarget } from "../../ports/manager.ts";
import type { MonitorRole } from "../../adapters/pg/monitor-role.ts";
import { catalogQueries } from "./catalog.ts";
import { saysAlreadyRunning, saysNotRunning } from "./classify.ts";
import { runLong, runPlain } from "./commands.ts";
import { readFacts } from "./facts.ts";
import { appendNoteQueries } from "./append-notes.ts";
import { journalQueries } from "./journal.ts";
import { departureQueries } from "./departures.ts";
import { rebuildCatalog } from "./rebuild.ts";
import { runOnNode } from "./node-shell.ts";
import { makeMonitorRole } from "./monitor-role.ts";
import { noteQueries } from "./parameter-notes.ts";
import { ManagerSessions } from "./sessions.ts";
import { statements } from "./statements.ts";

export interface ManagerAccess {
  readonly port: number;
  /** The program's own role. */
  readonly user: string;
  readonly password: Secret;
  /** The superuser of the nodes, whom they trust from the manager's address. */
  readonly osUser: string;
  readonly connectTimeoutMs: number;
  /** The exporters' role; absent where there are none. */
  readonly monitor?: MonitorRole;
}

/** Opens sessions to the manager at a pod's address: one at once, which proves that it is there, more as they are needed. */
export function makeManagerConnector(access: ManagerAccess, log: Log): ManagerConnector {
  return {
    connect: async (address, bounds) => {
      const { port, user, password, connectTimeoutMs } = access;
      const sessions = new ManagerSessions({ address, port, user, password, connectTimeoutMs }, log);
      await sessions.open("sql", bounds);
      return {
        ...definitions(sessions),
        ...nodeCommands(sessions),
        ...departures(sessions),
        ...parameterCommands(sessions),
        readFacts: (want, within) =>
          readFacts(sessions, { address, ...want, monitor: access.monitor }, within),
        setNodeGtm: async (name, kind, gtm, within) => {
          const attempt = { object: name, effect: "write" } as const;
          await sessions.run("manager", statements.setNodeGtm(name, kind, gtm), attempt, within);
          // SET is remembered, and would be written again when the address is no longer right.
          await sessions.run("sql", catalogQueries.forgetNodeGtm(name), attempt, within);
        },
        flushHost: async (within) => {
          const attempt = { object: "cluster", effect: "write" } as const;
          await sessions.run("manager", statements.flushHost(), attempt, { ...within, marked: true });
        },
        rebuildCatalog: (catalog, hosts, within) => rebuildCatalog(sessions, catalog, hosts, within),
        writeJournal: async (state, within) => {
          const attempt = { object: "init journal", effect: "write" } as const;
          await sessions.run("sql", journalQueries.write(state), attempt, within);
        },
        makeMonitorRole: async (within) => {
          if (access.monitor !== undefined) await makeMonitorRole(sessions, access.monitor, within);
        },
        runOnNode: (node, texts, within) =>
          runOnNode(sessions, node, { statements: texts, osUser: access.osUser }, within),
        [Symbol.asyncDispose]: () => sessions[Symbol.asyncDispose](),
      };
    },
  };
}

/** Commands that only edit the manager's catalog. */
const definitions = (
  sessions: ManagerSessions,
): Pick<Manager, "addHost" | "alterHostAddress" | "addNode" | "dropNode" | "dropHost"> => ({
  addHost: (host, bounds) => runPlain(sessions, host.name, statements.addHost(host), bounds),
  alterHostAddress: (name, to, bounds) => runPlain(sessions, name, statements.alterHost(name, to), bounds),
  addNode: (node, bounds) => runPlain(sessions, node.name, statements.addNode(node), bounds),
  dropNode: (name, kind, bounds) => runPlain(sessions, name, statements.dropNode(name, kind), bounds),
  dropHost: (name, bounds) => runPlain(sessions, name, statements.dropHost(name), bounds),
});

const parameterCommands = (
  sessions: ManagerSessions,
): Pick<Manager, "setParameters" | "resetParameters" | "noteParameters" | "forgetParameters"> => {
  const object = (holder: ParameterTarget): string =>
    `parameters of ${"scope" in holder ? `every ${holder.scope}` : holder.node}`;
  const note = async (text: string, bounds: Bounds): Promise<void> => {
    await sessions.run("sql", text, { object: "parameter notes", effect: "write" }, bounds);
  };
  return {
    setParameters: (holder, settings, bounds) =>
      runPlain(sessions, object(holder), statements.setParameters(holder, settings), bounds),
    resetParameters: (holder, keys, bounds) =>
      runPlain(sessions, object(holder), statements.resetParameters(holder, keys), bounds),
    noteParameters: (notes, bounds) => note(noteQueries.add(notes), bounds),
    forgetParameters: (notes, bounds) => note(noteQueries.remove(notes), bounds),
  };
};

/** Commands that start, stop, make or remove nodes. */
const nodeCommands = (
  sessions: ManagerSessions,
): Pick<
  Manager,
  "initAll" | "stopAll" | "stopNode" | "cleanAll" | "startNode" | "appendNode" | "makeSynchronous"
> => ({
  initAll: (bounds) => runLong(sessions, { object: "cluster", text: statements.initAll() }, bounds),
  // Nodes that were never initialised say f; so do those that did not run.
  stopAll: (bounds) =>
    runLong(sessions, { object: "cluster", text: statements.stopAll(), tolerated: () => true }, bounds),
  cleanAll: (bounds) => runLong(sessions, { object: "cluster", text: statements.cleanAll() }, bounds),
  stopNode: (name, kind, bounds) => {
    const text = statements.stopNode(name, kind);
    return runLong(
      sessions,
      { object: name, text, tolerated: (row) => saysNotRunning(row.description) },
      bounds,
    );
  },
  startNode: (name, kind, bounds) => {
    const text = statements.startNode(name, kind);
    return runLong(
      sessions,
      { object: name, text, tolerated: (row) => saysAlreadyRunning(row.description) },
      bounds,
    );
  },
  appendNode: (name, kind, bounds) =>
    runLong(sessions, { object: name, text: statements.appendNode(name, kind) }, bounds),
  makeSynchronous: (name, kind, bounds) =>
    runPlain(sessions, name, statements.makeSynchronous(name, kind), bounds),
});

/** Taking nodes out, and the program's note of it. */
const departures = (
  sessions: ManagerSessions,
): Pick<
  Manager,
  | "removeNode"
  | "expelDatanode"
  | "cleanNode"
  | "writeDeparture"
  | "forgetDeparture"
  | "writeAppendNote"
  | "forgetAppendNote"
> => {
  const note = async (text: string, name: string, bounds: Bounds): Promise<void> => {
    await sessions.run("sql", text, { object: `note of ${name}`, effect: "write" }, bounds);
  };
  return {
    removeNode: (name, kind, bounds) =>
      runLong(sessions, { object: name, text: statements.removeNode(name, kind) }, bounds),
    expelDatanode: async (name, bounds) => {
      const attempt = { object: name, effect: "write" } as const;
      await sessions.run("sql", catalogQueries.expelDatanode(name), attempt, bounds);
    },
    cleanNode: (name, kind, bounds) =>
      runLong(sessions, { object: name, text: statements.cleanNode(name, kind) }, bounds),
    writeDeparture: (departure, bounds) => note(departureQueries.write(departure), departure.node, bounds),
    forgetDeparture: (name, bounds) => note(departureQueries.forget(name), name, bounds),
    writeAppendNote: (appended, bounds) => note(appendNoteQueries.write(appended), appended.node, bounds),
    forgetAppendNote: (name, bounds) => note(appendNoteQueries.forget(name), name, bounds),
  };
};
