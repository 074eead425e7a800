import type { ManagerFacts } from "../../model/snapshot.ts";
import type { Bounds, FactsWanted } from "../../ports/manager.ts";
import { monitorRoleQuery, monitorRoleState, type MonitorRole } from "../../adapters/pg/monitor-role.ts";
import type { Answer } from "../../adapters/pg/session.ts";
import { namesIn, parseType, typeColumns } from "../../adapters/pg/settings.ts";
import { catalogQueries, parseHost, parseNode, parseParameter, parseSizes } from "./catalog.ts";
import { appendNoteQueries, parseAppendNote } from "./append-notes.ts";
import { departureQueries, parseDeparture } from "./departures.ts";
import { journalQueries, parseJournal } from "./journal.ts";
import { noteQueries, parseNote } from "./parameter-notes.ts";
import { need, truth } from "./rows.ts";
import { busyQuery, type ManagerSessions, type Mode } from "./sessions.ts";
import { statements } from "./statements.ts";

const knownSettingsQuery = (names: readonly string[]): string =>
  `SELECT ${typeColumns} FROM pg_settings s WHERE lower(s.name) IN (${namesIn(names)})`;

type Read = (mode: Mode, text: string) => Promise<Answer>;

/** What the program keeps for itself; the table is made when there is first something to keep. */
async function readOwn(
  read: Read,
  table: { readonly exists: string; readonly read: string },
): Promise<Answer | undefined> {
  const there = truth((await read("sql", table.exists)).rows[0]?.["found"]);
  return there ? await read("sql", table.read) : undefined;
}

/** What the program did to nodes, and why it may do more. */
async function readNotes(read: Read): Promise<Pick<ManagerFacts, "journal" | "departures" | "appends">> {
  const journal = await readOwn(read, journalQueries);
  const departures = await readOwn(read, departureQueries);
  const appends = await readOwn(read, appendNoteQueries);
  return {
    journal: journal === undefined ? "none" : parseJournal(journal),
    departures: departures?.rows.map(parseDeparture) ?? [],
    appends: appends?.rows.map(parseAppendNote) ?? [],
  };
}

/**
 * The manager's catalog and the program's own notes in it.
 * @param want `sizes` asks the agents of these nodes as well, one after the other: 3 s and more for each that is away
 */
export async function readFacts(
  sessions: ManagerSessions,
  want: FactsWanted & { readonly address: string; readonly monitor: MonitorRole | undefined },
  bounds: Bounds,
): Promise<ManagerFacts> {
  const read: Read = (mode, text) => sessions.run(mode, text, { object: "manager", effect: "read" }, bounds);
  const sizes = want.sizes.length > 0 ? read("manager", statements.listSizes(want.sizes)) : undefined;
  // Looked at below; a failure before that must not count as nobody's.
  sizes?.catch(() => undefined);
  const hosts = await read("sql", catalogQueries.hosts);
  const nodes = await read("sql", catalogQueries.nodes);
  const parameters = await read("sql", catalogQueries.parameters);
  const known = await read("sql", knownSettingsQuery(want.settings));
  const notes = await readOwn(read, noteQueries);
  const busy = await read("sql", busyQuery);
  const { monitor } = want;
  const role =
    monitor && monitorRoleState(monitor.password, (await read("sql", monitorRoleQuery(monitor))).rows);
  const own = await readNotes(read);
  return {
    address: want.address,
    hosts: hosts.rows.map(parseHost),
    nodes: nodes.rows.map(parseNode),
    parameters: parameters.rows.map(parseParameter),
    parameterNotes: notes?.rows.map(parseNote) ?? [],
    knownSettings: new Map(known.rows.map((row) => [need(row, "name"), parseType(row)])),
    ...own,
    busy: truth(busy.rows[0]?.["busy"]),
    directoryBytes: sizes === undefined ? new Map() : parseSizes(await sizes),
    ...(role === undefined ? {} : { monitor: role }),
  };
}
