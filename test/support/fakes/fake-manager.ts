import type { ManagerFacts } from "../../../hooks/model/snapshot.ts";
import type { NodeName } from "../../../hooks/model/topology.ts";
import type {
  Bounds,
  FactsWanted,
  Manager,
  ManagerConnector,
  ParameterTarget,
} from "../../../hooks/ports/manager.ts";
import type { ParameterNote } from "../../../hooks/model/parameter.ts";
import { roleState } from "./distributed.ts";
import { runFromManager } from "./from-manager.ts";
import { appendNode } from "./manager-append.ts";
import { addHost, addNode, alterHost } from "./manager-definitions.ts";
import { rebuildCatalog } from "./manager-rebuild.ts";
import { saying } from "./manager-failures.ts";
import { initAll } from "./manager-init.ts";
import { resetParameters, setParameters } from "./manager-parameters.ts";
import { cleanAll, flushHost, startNode, stopAll, stopNode } from "./manager-running.ts";
import { Statement } from "./manager-server.ts";
import { cleanNode, dropHost, dropNode, removeNode } from "./manager-leaving.ts";
import { makeSynchronous } from "./manager-synchrony.ts";
import type { Disk } from "./pod.ts";
import { lateMs, type CutKind, type Process } from "./process.ts";
import { knownToManager } from "./settings.ts";
import type { World } from "./world.ts";

/** A client that gives up does not know what becomes of its command: the manager goes on with it. */
function heardBy<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(saying.cut());
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
  });
}

const bytesOf = (disk: Disk | undefined): number =>
  disk === undefined ? 0 : 40_000_000 + disk.starts * 4096 + disk.data.rows * 100;

function sizes(world: World, asked: readonly NodeName[]): Map<NodeName, number> {
  const found = new Map<NodeName, number>();
  for (const row of world.manager.nodes.filter(({ name }) => asked.includes(name))) {
    const pod = world.network.podAt(world.manager.addressOf(row.name));
    if (pod?.ready !== true) continue;
    found.set(row.name, pod.foreignBytes + (pod.partialBytes ?? 0) + bytesOf(pod.disk));
  }
  return found;
}

function readFacts(world: World, address: string, want: FactsWanted): ManagerFacts {
  const { manager } = world;
  return {
    address,
    hosts: manager.hosts.map((row) => ({ ...row })),
    nodes: manager.nodes.map((row) => ({ ...row })),
    parameters: [...manager.parameters],
    journal: manager.journal,
    departures: [...manager.departures.values()],
    appends: [...manager.appends.values()],
    busy: manager.marked > 0,
    parameterNotes: [...manager.parameterNotes],
    knownSettings: knownToManager(want.settings),
    directoryBytes: sizes(world, want.sizes),
    monitor: roleState(manager.monitorRole, world.monitorPassword),
  };
}

const holderWord = (holder: ParameterTarget): string => ("scope" in holder ? holder.scope : holder.node);

const isNone =
  (notes: readonly ParameterNote[]) =>
  ({ node, letter, key }: ParameterNote): boolean =>
    !notes.some((note) => note.node === node && note.letter === letter && note.key === key);

/** Sessions to the manager, with what its real commands do to the world. */
export function makeFakeManagers(world: World, process: Process): ManagerConnector {
  const statementOf = (bounds: Bounds, how: CutKind | undefined): Statement =>
    new Statement(
      world,
      bounds.timeoutMs,
      how === "answered after the deadline" ? bounds.timeoutMs + lateMs : 0,
    );
  const short = <T>(
    what: string,
    bounds: Bounds,
    work: (statement: Statement) => T | Promise<T>,
  ): Promise<T> =>
    process.changesWorld(what, bounds, (how) => {
      const statement = statementOf(bounds, how);
      return heardBy(
        bounds.signal,
        statement.takes(5).then(() => work(statement)),
      );
    });
  /** One that holds the program's mark for as long as the manager is at it, from before it is sent. */
  const long = (what: string, bounds: Bounds, work: (statement: Statement) => Promise<void>): Promise<void> =>
    process.changesWorld(what, bounds, (how) => {
      const statement = statementOf(bounds, how);
      return heardBy(
        bounds.signal,
        world.manager.carryOut(what, () => statement.takes(5).then(() => work(statement))),
      );
    });
  const open = (address: string): Manager => ({
    readFacts: (options, bounds) =>
      process.reads(async () => {
        const statement = new Statement(world, bounds.timeoutMs);
        await heardBy(bounds.signal, statement.takes(10 + options.sizes.length * 3));
        return readFacts(world, address, options);
      }),
    addHost: (host, bounds) => short(`ADD HOST ${host.name}`, bounds, () => addHost(world.manager, host)),
    alterHostAddress: (name, to, bounds) =>
      short(`ALTER HOST ${name}`, bounds, () => alterHost(world.manager, name, to)),
    addNode: (node, bounds) =>
      short(`ADD ${node.kind} ${node.name}`, bounds, () => addNode(world.manager, node)),
    setParameters: (holder, settings, bounds) =>
      short(`SET ${holderWord(holder)} ${Object.keys(settings).join(" ")}`, bounds, (statement) =>
        setParameters(world.manager, holder, settings, statement),
      ),
    resetParameters: (holder, keys, bounds) =>
      short(`RESET ${holderWord(holder)} ${keys.join(" ")}`, bounds, (statement) =>
        resetParameters(world.manager, holder, keys, statement),
      ),
    noteParameters: (notes, bounds) =>
      short("note parameters", bounds, () => {
        const { manager } = world;
        manager.parameterNotes = [...manager.parameterNotes.filter(isNone(notes)), ...notes];
      }),
    forgetParameters: (notes, bounds) =>
      short("forget parameters", bounds, () => {
        world.manager.parameterNotes = world.manager.parameterNotes.filter(isNone(notes));
      }),
    setNodeGtm: (name, _kind, gtm, bounds) =>
      short(`SET ${name} agtm_host`, bounds, async (statement) => {
        const { disk } = await world.manager.agentOf(name, statement);
        if (disk !== undefined) disk.gtm = gtm;
      }),
    rebuildCatalog: (catalog, _hosts, bounds) =>
      short("rebuild the catalog", bounds, () => rebuildCatalog(world.manager, catalog)),
    initAll: (bounds) => long("INIT ALL", bounds, (statement) => initAll(world, statement)),
    stopAll: (bounds) => long("STOP ALL", bounds, (statement) => stopAll(world, statement)),
    stopNode: (name, kind, bounds) =>
      long(`STOP ${name}`, bounds, (statement) => stopNode(world, name, kind, statement)),
    cleanAll: (bounds) => long("CLEAN ALL", bounds, (statement) => cleanAll(world, statement)),
    startNode: (name, kind, bounds) =>
      long(`START ${name}`, bounds, (statement) => startNode(world, name, kind, statement)),
    appendNode: (name, kind, bounds) =>
      long(`APPEND ${kind} ${name}`, bounds, (statement) => appendNode(world, name, statement)),
    removeNode: (name, kind, bounds) =>
      long(`REMOVE ${kind} ${name}`, bounds, (statement) => removeNode(world, name, kind, statement)),
    expelDatanode: (name, bounds) =>
      short(`expel ${name}`, bounds, () => {
        Object.assign(world.manager.row(name), { initialised: false, inCluster: false });
        const nowMs = world.clock.nowMs();
        world.audit.deeds.push({ what: `expel ${name}`, begunMs: nowMs, endMs: nowMs, done: true });
      }),
    makeSynchronous: (name, kind, bounds) =>
      short(`ALTER ${kind} ${name} sync`, bounds, (statement) =>
        makeSynchronous(world, name, kind, statement),
      ),
    cleanNode: (name, _kind, bounds) =>
      long(`CLEAN ${name}`, bounds, (statement) => cleanNode(world, name, statement)),
    dropNode: (name, kind, bounds) =>
      short(`DROP ${name}`, bounds, () => dropNode(world.manager, name, kind)),
    dropHost: (name, bounds) => short(`DROP HOST ${name}`, bounds, () => dropHost(world.manager, name)),
    writeDeparture: (departure, bounds) =>
      short(`note ${departure.node}`, bounds, () => {
        world.manager.departures.set(departure.node, departure);
      }),
    forgetDeparture: (name, bounds) =>
      short(`forget ${name}`, bounds, () => {
        world.manager.departures.delete(name);
      }),
    writeAppendNote: (note, bounds) =>
      short(`note append ${note.node}`, bounds, () => {
        world.manager.appends.set(note.node, note);
      }),
    forgetAppendNote: (name, bounds) =>
      short(`forget append ${name}`, bounds, () => {
        world.manager.appends.delete(name);
      }),
    flushHost: (bounds) => long("FLUSH HOST", bounds, (statement) => flushHost(world, statement)),
    writeJournal: (state, bounds) =>
      short(`journal ${state}`, bounds, () => {
        world.manager.journal = state;
      }),
    makeMonitorRole: (bounds) =>
      short("role antdb_monitor", bounds, () => {
        world.manager.monitorRole = world.monitorPassword;
      }),
    runOnNode: (node, statements, bounds) =>
      short(`psql at ${node.address}`, bounds, (statement) =>
        runFromManager(world, node, statements, statement),
      ),
  });
  return {
    connect: (address, bounds) =>
      process.reads(async () => {
        await world.clock.sleep(5, bounds.signal);
        const pod = world.network.podAt(address);
        if (pod?.role !== "mgr" || !pod.ready) throw saying.down(address);
        return { ...open(address), [Symbol.asyncDispose]: () => Promise.resolve() };
      }),
  };
}
