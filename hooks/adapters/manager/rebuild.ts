import { Failure } from "../../model/failure.ts";
import type { RebuiltCatalog } from "../../model/kept-catalog.ts";
import { isStandbyKind } from "../../model/role.ts";
import type { ManagerNode } from "../../model/snapshot.ts";
import type { Bounds, NodeDefinition } from "../../ports/manager.ts";
import type { Answer } from "../../adapters/pg/session.ts";
import { catalogQueries, parseHost, parseNode } from "./catalog.ts";
import { departureQueries } from "./departures.ts";
import { journalQueries } from "./journal.ts";
import { noteQueries } from "./parameter-notes.ts";
import type { ManagerSessions, Mode } from "./sessions.ts";
import { statements } from "./statements.ts";

type Say = (mode: Mode, text: string) => Promise<Answer>;

/** Masters before their standbys: ADD wants the master to be there. */
export function mastersFirst(nodes: readonly ManagerNode[]): readonly ManagerNode[] {
  const sorted: ManagerNode[] = [];
  let rest = nodes;
  while (rest.length > 0) {
    const known = new Set(sorted.map(({ name }) => name));
    const next = rest.filter(({ master }) => master === undefined || known.has(master));
    // What follows nobody that is there is said by ADD itself, in the manager's own words.
    sorted.push(...(next.length > 0 ? next : rest));
    rest = next.length > 0 ? rest.filter((node) => !next.includes(node)) : [];
  }
  // The first standby of a master that is defined as `potential` would be made its synchronous one.
  return [...sorted.filter(({ kind }) => !isStandbyKind(kind)), ...bySync(sorted)];
}

const bySync = (sorted: readonly ManagerNode[]): readonly ManagerNode[] => {
  const standbys = sorted.filter(({ kind }) => isStandbyKind(kind));
  const direct = standbys.filter(({ master }) => !standbys.some(({ name }) => name === master));
  const sync = direct.filter(({ sync: state }) => state === "sync");
  return [
    ...sync,
    ...direct.filter((node) => !sync.includes(node)),
    ...standbys.filter((node) => !direct.includes(node)),
  ];
};

const definitionOf = ({ name, kind, host, port, path, master, sync }: ManagerNode): NodeDefinition => ({
  name,
  kind,
  host,
  port,
  path,
  ...(master === undefined ? {} : { follows: master, ...(sync === "" ? {} : { sync }) }),
});

/** Definitions that are there: of a run that took the manager for a new one, before it found what is on the volumes. */
async function dropAll(say: Say): Promise<void> {
  const nodes = (await say("sql", catalogQueries.nodes)).rows.map(parseNode);
  const hosts = (await say("sql", catalogQueries.hosts)).rows.map(parseHost);
  const member = nodes.find(({ inCluster }) => inCluster);
  if (member !== undefined)
    throw new Failure({
      class: "retry",
      code: "catalog-not-lost",
      what: `the manager has a member, ${member.name}: its catalog was rebuilt by somebody else`,
      object: "manager",
    });
  for (const { name, kind } of mastersFirst(nodes).toReversed())
    await say("manager", statements.dropNode(name, kind));
  for (const { name } of hosts) await say("manager", statements.dropHost(name));
}

/** Everything in one transaction: a run that is killed on the way leaves the manager as it was. */
export async function rebuildCatalog(
  sessions: ManagerSessions,
  { hosts, nodes, parameters, parameterNotes, departures }: RebuiltCatalog,
  { user, home }: { readonly user: string; readonly home: string },
  bounds: Bounds,
): Promise<void> {
  await sessions.inTransaction({ object: "manager", effect: "write" }, bounds, async (say) => {
    await dropAll(say);
    for (const host of hosts) await say("manager", statements.addHost({ ...host, user, home }));
    for (const node of mastersFirst(nodes)) await say("manager", statements.addNode(definitionOf(node)));
    await say("manager", statements.setClusterInit());
    for (const node of nodes.filter(({ initialised, inCluster }) => !initialised || !inCluster))
      await say("sql", catalogQueries.setFlags(node));
    if (parameters !== undefined) {
      await say("sql", catalogQueries.forgetParameters);
      for (const parameter of parameters) await say("sql", catalogQueries.addParameter(parameter));
    }
    if (parameterNotes.length > 0) await say("sql", noteQueries.add(parameterNotes));
    for (const departure of departures) await say("sql", departureQueries.write(departure));
    await say("sql", journalQueries.write("finished"));
  });
}
