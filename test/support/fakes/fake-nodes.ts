import { Failure } from "../../../hooks/model/failure.ts";
import { monitorRole, programRole } from "../../../hooks/model/own-roles.ts";
import { isStandbyKind } from "../../../hooks/model/role.ts";
import { synchronousNames } from "../../../hooks/model/parameter-rules.ts";
import type { NodeFact, RunningNode } from "../../../hooks/model/snapshot.ts";
import type { Bounds } from "../../../hooks/ports/manager.ts";
import type { LookOptions, NodeAddress, Nodes } from "../../../hooks/ports/node.ts";
import { createRole, insertRows, roleState, spread } from "./distributed.ts";
import { methodFor } from "./hba.ts";
import { isDatanode, type Live, type Session } from "./network.ts";
import { lateMs, type Process } from "./process.ts";
import type { Disk } from "./pod.ts";
import { confFault, settingsOf } from "./settings.ts";
import type { World } from "./world.ts";

/** Where the program's own pod sits: nobody's peer. */
const ownAddress = "10.99.0.7";

const asUs = (at: Live): Session => ({ at, user: programRole });

function enter(world: World, node: NodeAddress, verifier: string): NodeFact | Live {
  world.network.settle();
  world.network.dial(node.address, programRole);
  const stranger = world.network.strangers.get(node.address);
  if (stranger === "answers")
    return { state: "refused", code: "28P01", detail: "password authentication failed" };
  const pod = world.network.podAt(node.address);
  if (pod === undefined) return { state: "unreachable", detail: `no answer from ${node.address}` };
  const live = world.network.liveAt({ host: node.address, port: node.port });
  if (live === undefined) return { state: "down", detail: `nothing listens at ${node.address}:${node.port}` };
  const method = methodFor(live.disk.hba, { database: "other", user: programRole, address: ownAddress });
  if (method === undefined)
    return { state: "refused", code: "28000", detail: `no pg_hba.conf entry for host "${ownAddress}"` };
  if (method === "md5" && live.disk.data.roles.get(programRole) !== verifier)
    return {
      state: "refused",
      code: "28P01",
      detail: `password authentication failed for user "${programRole}"`,
    };
  return live;
}

function idleSlots(world: World, live: Live): { readonly idleSlots?: readonly string[] } {
  const active = new Set<string>(world.network.streamingOf(live).map(({ name }) => name));
  const idle = [...live.disk.slots].filter((name) => !active.has(name));
  return idle.length === 0 || !isDatanode(live.disk.name) ? {} : { idleSlots: idle };
}

function factOf(world: World, live: Live, options: LookOptions): NodeFact {
  const { disk } = live;
  const holds = options.kind === "gtmcoord master" || options.kind === "coordinator master";
  const role = disk.data.roles.get("app");
  return {
    state: "up",
    inRecovery: disk.inRecovery,
    systemId: String(disk.systemId),
    hba: disk.hba,
    catalog: holds ? [...disk.data.catalog].map(([name, address]) => ({ name, ...address })) : [],
    standbys: world.network.streamingOf(live),
    ...(options.sessions === true ? { sessions: live.pod.sessions ?? 0 } : {}),
    ...idleSlots(world, live),
    ...(live.pod.loaded === undefined
      ? {}
      : {
          settings: withSynchronousNames(
            settingsOf(disk.conf, live.pod.loaded, options.settings),
            disk,
            options,
          ),
          settingsStale: live.pod.loaded.now !== disk.conf,
        }),
    ...(disk.gtm === undefined || options.kind.startsWith("gtmcoord") ? {} : { gtm: disk.gtm }),
    ...(disk.primary === undefined || !isStandbyKind(options.kind)
      ? {}
      : { primary: disk.primary, primaryPending: disk.primary !== live.pod.primaryInEffect }),
    ...(options.client
      ? {
          client: {
            role: role !== undefined,
            passwordMatches: role === world.appPassword,
            database: disk.data.databases.has("app"),
          },
          monitor: roleState(disk.data.roles.get(monitorRole), world.monitorPassword),
        }
      : {}),
  };
}

/** synchronous_standby_names, where it is asked for. */
function withSynchronousNames(
  settings: NonNullable<RunningNode["settings"]>,
  { sync }: Disk,
  options: LookOptions,
): NonNullable<RunningNode["settings"]> {
  if (!options.settings.includes(synchronousNames)) return settings;
  const value = sync.size === 0 ? "" : `FIRST 1 (${[...sync].join(",")})`;
  const setting = { type: "string", value, context: "sighup", pendingRestart: false } as const;
  return new Map([...settings, [synchronousNames, setting]]);
}

/** Nodes spoken to directly, in the world's rules: who is let in, what a commit needs, what a file says. */
export function makeFakeNodes(world: World, process: Process, verifier: string): Nodes {
  const onNode = <T>(what: string, node: NodeAddress, bounds: Bounds, work: (live: Live) => T): Promise<T> =>
    process.changesWorld(`${what} ${node.name}`, bounds, async (how) => {
      // Whoever does it does not hear that the caller is gone.
      if (how === undefined) await world.clock.sleep(20, bounds.signal);
      else await world.clock.sleep(how === "answered after the deadline" ? bounds.timeoutMs + lateMs : 20);
      const found = enter(world, node, verifier);
      if (!("state" in found)) return work(found);
      const code = found.state === "refused" ? found.code : `node-${found.state}`;
      const detail = "detail" in found ? found.detail : found.state;
      throw new Failure({ class: "wait", code, what: `${what}: ${detail}`, object: node.name });
    });
  const must = (node: NodeAddress, what: string, why: string | undefined): void => {
    if (why !== undefined)
      throw new Failure({
        class: "unknown-outcome",
        code: "timed-out",
        what: `${what}: ${why}`,
        object: node.name,
      });
  };
  return {
    look: (node, options, bounds) =>
      process.reads(async () => {
        const silent = world.network.podAt(node.address) === undefined;
        await world.clock.sleep(silent ? bounds.timeoutMs : 10, bounds.signal).catch(() => undefined);
        const found = enter(world, node, verifier);
        return "state" in found ? found : factOf(world, found, options);
      }),
    writeHba: (node, lines, bounds) =>
      onNode("write pg_hba.conf", node, bounds, ({ disk }) => {
        if (world.stubborn.has(node.name))
          throw new Failure({
            class: "retry",
            code: "node-error",
            what: "could not open file",
            object: node.name,
          });
        disk.hba = [...lines];
      }),
    reloadSettings: (node, bounds) =>
      onNode("reload", node, bounds, ({ pod, disk }) => {
        if (pod.loaded !== undefined) pod.loaded.now = disk.conf;
      }),
    settingFault: (node, names, bounds) =>
      onNode("check", node, bounds, ({ disk }) => confFault(disk.conf, names)),
    repointGtm: (node, gtm, bounds) =>
      onNode("write agtm_host", node, bounds, ({ disk }) => {
        disk.gtm = gtm;
      }),
    writePrimary: (node, primary, bounds) =>
      onNode("write primary_conninfo", node, bounds, ({ disk }) => {
        if (world.stubborn.has(node.name))
          throw new Failure({
            class: "retry",
            code: "node-error",
            what: "could not open file",
            object: node.name,
          });
        disk.primary = primary;
      }),
    repointCatalog: (node, rows, bounds) =>
      onNode("ALTER NODE", node, bounds, (live) => {
        must(node, "ALTER NODE", world.network.whyNoCommit(live));
        const { catalog } = live.disk.data;
        for (const { name, host, port } of rows) {
          if (!catalog.has(name)) must(node, "ALTER NODE", `PGXC Node ${name}: object not defined`);
          catalog.set(name, { host, port });
        }
      }),
    strikeRows: (node, names, bounds) =>
      onNode("DROP NODE", node, bounds, (live) => {
        must(node, "DROP NODE", world.network.whyNoCommit(live));
        for (const name of names) live.disk.data.catalog.delete(name);
      }),
    addRows: (node, rows, bounds) =>
      onNode("CREATE NODE", node, bounds, (live) => {
        must(node, "CREATE NODE", world.network.whyNoCommit(live));
        for (const { name, host, port } of rows) live.disk.data.catalog.set(name, { host, port });
      }),
    dropSlot: (node, slot, bounds) =>
      onNode("drop slot", node, bounds, ({ disk }) => {
        disk.slots.delete(slot);
      }),
    makeClientRole: (node, bounds) =>
      onNode("CREATE ROLE app", node, bounds, (live) =>
        must(
          node,
          "CREATE ROLE",
          createRole(world, asUs(live), { name: "app", password: world.appPassword }),
        ),
      ),
    makeClientDatabase: (node, bounds) =>
      onNode("CREATE DATABASE app", node, bounds, (live) =>
        must(
          node,
          "CREATE DATABASE",
          spread(world, asUs(live), ({ databases }) => databases.add("app")),
        ),
      ),
    makeMonitorRole: (node, bounds) =>
      onNode("CREATE ROLE antdb_monitor", node, bounds, (live) =>
        must(
          node,
          "CREATE ROLE",
          createRole(world, asUs(live), { name: monitorRole, password: world.monitorPassword }),
        ),
      ),
    verifyDistributed: (node, bounds) =>
      onNode("probe", node, bounds, (live) => {
        must(node, "CREATE TABLE", world.network.whyNoDistributedCommit(asUs(live), isDatanode));
        must(node, "INSERT", insertRows(world, asUs(live), 0));
        return 64;
      }),
  };
}
