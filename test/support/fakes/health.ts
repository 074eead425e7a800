import type { DesiredNode, Topology } from "../../../hooks/model/topology.ts";
import { isStandbyKind } from "../../../hooks/model/role.ts";
import { insertRows } from "./distributed.ts";
import { methodFor } from "./hba.ts";
import { isDatanode, type Live } from "./network.ts";
import { catalogLost } from "./manager-server.ts";
import type { Audit, World } from "./world.ts";

function liveOf(world: World, name: string): Live | undefined {
  return world.network.lives().find(({ disk }) => disk.name === name);
}

function clientTrouble(world: World, coordinator: Live): string[] {
  const { disk } = coordinator;
  const method = methodFor(disk.hba, { database: "other", user: "app", address: "192.168.7.7" });
  const why = insertRows(world, { at: coordinator, user: "app" }, 0);
  return [
    ...(method === "md5" ? [] : [`${disk.name} does not ask clients for a password`]),
    ...(disk.data.roles.get("app") === world.appPassword ? [] : [`${disk.name} has no role app`]),
    ...(disk.data.databases.has("app") ? [] : [`${disk.name} has no database app`]),
    ...(why === undefined ? [] : [`${disk.name}: ${why}`]),
  ];
}

/** Addresses of the past that would still let somebody in as superuser. */
function staleTrust(world: World, { disk }: Live): string[] {
  const addresses = new Set([...world.pods.values()].map(({ ip }) => ip));
  return disk.hba.flatMap((line) => {
    const address = /^host \S+ \S+ (\S+)\/32 trust$/.exec(line)?.[1];
    return address === undefined || address.startsWith("127.") || addresses.has(address)
      ? []
      : [`${disk.name} trusts ${address}, nobody's address`];
  });
}

/** The same of every node that runs. */
export const trustOfNobody = (world: World): string[] =>
  world.network.lives().flatMap((live) => staleTrust(world, live));

function nodeTrouble(world: World, { name, role }: DesiredNode): string[] {
  const row = world.manager.nodes.find((candidate) => candidate.name === name);
  const live = liveOf(world, name);
  if (row?.inCluster !== true) return [`${name} is no member`];
  if (live === undefined) return [`${name} does not run`];
  return [
    ...(isStandbyKind(row.kind) ? standbyTrouble(world, live, row.master ?? "") : []),
    ...staleTrust(world, live),
    ...(role === "cn" ? clientTrouble(world, live) : []),
  ];
}

function standbyTrouble(world: World, standby: Live, masterName: string): string[] {
  const master = liveOf(world, masterName);
  if (master === undefined || !world.network.standbysOf(master).some(({ disk }) => disk === standby.disk))
    return [`${standby.disk.name} does not stream from ${masterName}`];
  if (master.disk.sync.size === 0) return [`${masterName} waits for no standby`];
  world.network.settle();
  return master.disk.data.rows === standby.disk.data.rows
    ? []
    : [`${standby.disk.name} has other rows than its master`];
}

/** Everything that keeps this world from being the cluster that is asked for; empty when clients can work through every coordinator. */
export const troublesOf = (world: World, topology: Topology): string[] =>
  topology.nodes.flatMap((node) => nodeTrouble(world, node));

/** A client's rows, through the first coordinator; throws when they are not taken. */
export function clientWrites(world: World, count: number): void {
  const coordinator = liveOf(world, "cn_0");
  if (coordinator === undefined) throw new Error("cn_0 does not run");
  const why = insertRows(world, { at: coordinator, user: "app" }, count);
  if (why !== undefined) throw new Error(why);
}

/** All rows on the datanodes' masters, running or not. */
export const rowsKept = (world: World): number =>
  [...world.pods.values()].reduce(
    (sum, { disk }) =>
      sum + (disk !== undefined && isDatanode(disk.name) && !disk.inRecovery ? disk.data.rows : 0),
    0,
  );

const mustNotBeDoneTwice = /^(INIT ALL|APPEND|REMOVE)\b/;
const changesMembers = /^(INIT ALL|APPEND|REMOVE|expel)\b/;

/** What was kept of a catalog may still have a member that had been taken out: it is taken out again. */
const sinceWhen = (deeds: Audit["deeds"], index: number): number =>
  deeds[index]?.what.startsWith("REMOVE") === true
    ? 1 + deeds.slice(0, index).findLastIndex(({ what }) => what === catalogLost)
    : 0;

/**
 * Commands that may never be given twice, and were: while the same was under way, or after it had been done. What undoes one in between makes it another thing:
 * REMOVE and APPEND of one node take turns.
 */
export function twiceDone({ audit }: World): string[] {
  const nodeOf = (what: string): string => what.split(" ").at(-1) ?? "";
  return audit.deeds.flatMap((deed, index) => {
    if (!mustNotBeDoneTwice.test(deed.what)) return [];
    const earlier = audit.deeds.slice(0, index).filter(({ what }) => what === deed.what);
    if (earlier.some(({ endMs }) => endMs > deed.begunMs)) return [`${deed.what} while it was under way`];
    const last = audit.deeds
      .slice(sinceWhen(audit.deeds, index), index)
      .filter(({ what, done }) => done && changesMembers.test(what) && nodeOf(what) === nodeOf(deed.what))
      .at(-1);
    return last?.what === deed.what ? [`${deed.what} after it had been done`] : [];
  });
}
