import type { ManagerFacts } from "../../model/snapshot.ts";
import type { NodeName } from "../../model/topology.ts";
import type { Bounds } from "../../ports/manager.ts";
import { monitorRoleQuery, monitorRoleState, type MonitorRole } from "../../adapters/pg/monitor-role.ts";
import type { Answer } from "../../adapters/pg/session.ts";
import { catalogQueries, parseHost, parseNode, parseParameter, parseSizes } from "./catalog.ts";
import { departureQueries, parseDeparture } from "./departures.ts";
import { journalQueries, parseJournal } from "./journal.ts";
import { truth } from "./rows.ts";
import { busyQuery, type ManagerSessions, type Mode } from "./sessions.ts";
import { statements } from "./statements.ts";

/**
 * The manager's catalog and the program's own notes in it.
 * @param want `sizes` asks the agents of these nodes as well, one after the other: 3 s and more for each that is away
 */
export async function readFacts(
  sessions: ManagerSessions,
  want: {
    readonly address: string;
    readonly sizes: readonly NodeName[];
    readonly monitor: MonitorRole | undefined;
  },
  bounds: Bounds,
): Promise<ManagerFacts> {
  const read = (mode: Mode, text: string): Promise<Answer> =>
    sessions.run(mode, text, { object: "manager", effect: "read" }, bounds);
  const sizes = want.sizes.length > 0 ? read("manager", statements.listSizes(want.sizes)) : undefined;
  // Looked at below; a failure before that must not count as nobody's.
  sizes?.catch(() => undefined);
  const hosts = await read("sql", catalogQueries.hosts);
  const nodes = await read("sql", catalogQueries.nodes);
  const parameters = await read("sql", catalogQueries.parameters);
  const busy = await read("sql", busyQuery);
  const { monitor } = want;
  const role =
    monitor && monitorRoleState(monitor.password, (await read("sql", monitorRoleQuery(monitor))).rows);
  const journal = await read("sql", journalQueries.exists);
  const noted = truth(journal.rows[0]?.["found"]) ? await read("sql", journalQueries.read) : undefined;
  const departed = await read("sql", departureQueries.exists);
  const departures = truth(departed.rows[0]?.["found"])
    ? (await read("sql", departureQueries.read)).rows
    : [];
  return {
    address: want.address,
    hosts: hosts.rows.map(parseHost),
    nodes: nodes.rows.map(parseNode),
    parameters: parameters.rows.map(parseParameter),
    journal: noted === undefined ? "none" : parseJournal(noted),
    departures: departures.map(parseDeparture),
    busy: truth(busy.rows[0]?.["busy"]),
    directoryBytes: sizes === undefined ? new Map() : parseSizes(await sizes),
    ...(role === undefined ? {} : { monitor: role }),
  };
}
