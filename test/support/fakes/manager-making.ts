import { isStandbyKind } from "../../../hooks/model/role.ts";
import type { NodeName } from "../../../hooks/model/topology.ts";
import { sampleHba } from "./hba.ts";
import { bornConf } from "./manager-parameters.ts";
import { confFault } from "./settings.ts";
import { saying } from "./manager-failures.ts";
import type { ManagerServer, NodeRow, Statement } from "./manager-server.ts";
import type { Live } from "./network.ts";
import { cloneData, type Disk, type Pod, type Replicated } from "./pod.ts";
import type { World } from "./world.ts";

const initdbMs = 1500;
const startMs = 800;
let lastSystemId = 0;

const isEmpty = (pod: Pod): boolean =>
  pod.disk === undefined && pod.foreignBytes === 0 && pod.partialBytes === undefined;

function newData(): Replicated {
  return { roles: new Map(), databases: new Set(["postgres"]), catalog: new Map(), rows: 0 };
}

/** What the manager writes into each node for the peers it knows (manager reference §2.3, §4.2): only ever appended. */
export function trustPeers(world: World, row: NodeRow, disk: Disk): void {
  const { manager, network } = world;
  const peers = manager.nodes.filter(({ kind }) =>
    row.kind.startsWith("gtmcoord") ? kind !== "gtmcoord slave" : /^(coordinator|gtmcoord)/.test(kind),
  );
  const followers = manager.nodes.filter(({ master }) => master === row.name);
  const own = [...world.pods.values()].find(({ role }) => role === "mgr")?.ip;
  const lines = [
    ...peers.map(({ name }) => `host all all ${manager.addressOf(name)}/32 trust`),
    ...followers.map(({ name }) => `host replication ${network.osUser} ${manager.addressOf(name)}/32 trust`),
    ...(own === undefined ? [] : [`host all all ${own}/32 trust`]),
  ];
  disk.hba = [...disk.hba, ...lines.filter((line) => !disk.hba.includes(line))];
}

export function gtmAddress(manager: ManagerServer): { host: string; port: number } {
  const gtm = manager.nodes.find(({ kind }) => kind === "gtmcoord master");
  if (gtm === undefined) throw saying.refused("cluster", "there is not any gtmcoord in the node table");
  return { host: manager.addressOf(gtm.name), port: gtm.port };
}

/** How often what an agent writes is seen to have grown. */
const fills = 5;

/**
 * An agent fills a directory by itself: it goes on when the manager that asked is gone, and whoever empties it meanwhile; only its own pod's end ends it.
 * @param made the whole directory; undefined where it can't be made
 */
function fill(world: World, pod: Pod, made: () => Disk | undefined): void {
  const { uid, ip } = pod;
  const lives = (): boolean => pod.uid === uid && pod.ip === ip;
  pod.partialBytes = 1_000_000;
  for (let part = 1; part < fills; part += 1)
    world.clock.after((initdbMs * part) / fills, () => {
      if (lives()) pod.partialBytes = (part + 1) * 1_000_000;
    });
  world.clock.after(initdbMs, () => {
    if (!lives()) return;
    // Both initdb and pg_basebackup empty the directory again where they fail.
    delete pod.partialBytes;
    const disk = made();
    if (disk !== undefined) pod.disk = disk;
  });
}

/** initdb through the agent, which refuses a directory that is not empty. */
export async function makeMaster(world: World, row: NodeRow, statement: Statement): Promise<Pod> {
  const pod = await world.manager.agentOf(row.name, statement);
  if (!isEmpty(pod)) throw saying.notEmpty(row.name);
  fill(world, pod, () => newDisk(world, row));
  await statement.takes(initdbMs);
  if (pod.disk === undefined) throw saying.rowFailed(row.name, "initdb: no space left on device");
  trustPeers(world, row, pod.disk);
  return pod;
}

function newDisk({ manager }: World, row: NodeRow): Disk | undefined {
  if (manager.initFails.has(row.name)) return undefined;
  return {
    name: row.name,
    port: row.port,
    systemId: (lastSystemId += 1),
    inRecovery: false,
    starts: 0,
    hba: sampleHba,
    sync: new Set(),
    slots: new Set(),
    conf: bornConf(manager, row),
    data: newData(),
    ...(row.kind.startsWith("gtmcoord") ? {} : { gtm: gtmAddress(manager) }),
  };
}

/** pg_basebackup from the running master, files and all. */
export async function makeStandby(world: World, row: NodeRow, statement: Statement): Promise<Pod> {
  const { manager, network } = world;
  const master = manager.row(row.master ?? "");
  const pod = await manager.agentOf(row.name, statement);
  if (!isEmpty(pod)) throw saying.notEmpty(row.name);
  const source = network.liveAt({ host: manager.addressOf(master.name), port: master.port });
  if (source?.disk.name !== master.name) throw saying.rowFailed(row.name, `${master.name} is not running`);
  trustPeers(world, master, source.disk);
  fill(world, pod, () => copyOf(world, row, source));
  await statement.takes(initdbMs);
  if (pod.disk === undefined) throw saying.rowFailed(row.name, "pg_basebackup: no space left on device");
  trustPeers(world, row, pod.disk);
  return pod;
}

function copyOf({ manager }: World, row: NodeRow, { pod, disk, address }: Live): Disk | undefined {
  if (manager.initFails.has(row.name) || pod.ip !== address || !pod.running) return undefined;
  return {
    ...disk,
    name: row.name,
    port: row.port,
    inRecovery: true,
    starts: 0,
    sync: new Set<NodeName>(),
    slots: new Set(),
    conf: new Map([...disk.conf, ...bornConf(manager, row)]),
    primary: { host: address, port: disk.port },
    data: cloneData(disk.data),
  };
}

/** pg_ctl start in whichever pod answers there, with whatever is on its volume. */
export async function startIn(world: World, pod: Pod, name: string, statement: Statement): Promise<void> {
  if (pod.disk === undefined) throw saying.rowFailed(name, 'directory "/var/lib/antdb/data" does not exist');
  if (pod.running) return;
  const { uid } = pod;
  await statement.takes(startMs);
  if (pod.uid !== uid || !pod.ready) throw saying.rowFailed(name, "could not start server");
  const fault = confFault(pod.disk.conf) ?? world.network.whyNoStandby(pod.disk);
  if (fault !== undefined) throw saying.rowFailed(name, `could not start server: ${fault}`);
  pod.running = true;
  pod.disk.starts += 1;
  pod.loaded = { atStart: pod.disk.conf, now: pod.disk.conf };
  if (pod.disk.inRecovery && pod.disk.primary !== undefined) pod.primaryInEffect = pod.disk.primary;
}

const catalogsOf = (world: World): readonly Disk[] =>
  world.network
    .lives()
    .filter(({ disk }) => /^(gc|gcs|cn)_/.test(disk.name) && !disk.inRecovery)
    .map(({ disk }) => disk);

/** A node's row in pgxc_node of gc and of every coordinator; a datanode has one for itself alone. */
export function register(world: World, row: NodeRow): void {
  if (isStandbyKind(row.kind)) return;
  const { manager } = world;
  const address = { host: manager.addressOf(row.name), port: row.port };
  for (const disk of catalogsOf(world)) disk.data.catalog.set(row.name, address);
}

/**
 * CREATE NODE from one member to the next, each a transaction of its own (manager reference §5.5). Where one is not to be had, the manager's whole server goes down and comes
 * back, and lists before it keep the row.
 */
export async function announce(
  world: World,
  row: NodeRow,
  statement: Statement,
  between: () => void,
): Promise<void> {
  const { manager, network } = world;
  const address = { host: manager.addressOf(row.name), port: row.port };
  for (const { name, kind, port } of manager.members) {
    if (kind !== "gtmcoord master" && kind !== "coordinator master") continue;
    const live = network.liveAt({ host: manager.addressOf(name), port });
    if (live?.disk.name !== name) {
      manager.crash();
      throw saying.cut();
    }
    const { catalog } = live.disk.data;
    if (catalog.has(row.name))
      throw saying.refused(row.name, `PGXC Node ${row.name}: object already defined`);
    catalog.set(row.name, address);
    await statement.takes(30);
    between();
  }
}
