import { mastersFirst } from "../../../hooks/adapters/manager/rebuild.ts";
import type { RebuiltCatalog } from "../../../hooks/model/kept-catalog.ts";
import { addHost, addNode } from "./manager-definitions.ts";
import { saying } from "./manager-failures.ts";
import { dropHost, dropNode } from "./manager-leaving.ts";
import type { ManagerServer } from "./manager-server.ts";

/** SET CLUSTER INIT: every row, whatever it stands for. */
function setClusterInit({ nodes }: ManagerServer): void {
  for (const row of nodes) Object.assign(row, { initialised: true, inCluster: true });
}

/** The statements of the program's one transaction; an error takes all of them back. */
export function rebuildCatalog(manager: ManagerServer, catalog: RebuiltCatalog): void {
  const before = { hosts: manager.hosts, nodes: manager.nodes };
  Object.assign(manager, { hosts: [...manager.hosts], nodes: [...manager.nodes] });
  try {
    if (manager.members.length > 0) throw saying.alreadyThere("manager", "the manager has a member");
    for (const { name, kind } of mastersFirst(manager.nodes).toReversed()) dropNode(manager, name, kind);
    for (const { name } of manager.hosts) dropHost(manager, name);
    for (const host of catalog.hosts) addHost(manager, { ...host, user: "antdb", home: "/opt/app/antdb" });
    for (const { master, ...node } of mastersFirst(catalog.nodes))
      addNode(manager, { ...node, ...(master === undefined ? {} : { follows: master }) });
    setClusterInit(manager);
    for (const { name, initialised, inCluster } of catalog.nodes)
      Object.assign(manager.row(name), { initialised, inCluster });
  } catch (error) {
    Object.assign(manager, before);
    throw error;
  }
  if (catalog.parameters !== undefined) manager.parameters = [...catalog.parameters];
  manager.parameterNotes = [...catalog.parameterNotes];
  for (const departure of catalog.departures) manager.departures.set(departure.node, departure);
  manager.journal = "finished";
}
