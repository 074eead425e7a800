// The stand-in engine as plain processes: a manager on 127.0.0.1 and one agent for each of 127.0.0.2, 127.0.0.3, …
import { randomInt } from "node:crypto";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { appendFile, readFile, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { until } from "../until.ts";
import type { Agent, Engine } from "./engine.ts";
import { install, type Installation } from "./programs.ts";

const execute = promisify(execFile);

/** Starts a manager and `count` agents; the ports are free ones, the same on every address. */
export async function standInEngine(count: number): Promise<Engine> {
  const installation = await install();
  const [manager, agent, gc, cn, dn] = await freePorts(5);
  const agents = Array.from({ length: count }, (_, index) => ({
    address: `127.0.0.${index + 2}`,
    port: agent!,
    folder: join(installation.folder, `host-${index}`),
  }));
  const children = new Map<number, ChildProcess>();
  const start = async (index: number): Promise<void> => {
    children.set(index, await startAgent(installation, agents[index]!));
  };
  const managerProcess = await startManager(installation, manager!);
  await Promise.all(agents.map((_, index) => start(index)));
  return {
    url: `postgres://${installation.account.name}@127.0.0.1:${manager!}/postgres`,
    agents,
    owner: installation.account.name,
    ports: { gc: gc!, cn: cn!, dn: dn! },
    killAgent: (index) => end(children.get(index)!, "SIGKILL"),
    reviveAgent: start,
    stop: async () => {
      await Promise.all(agents.map(stopNode));
      await Promise.all([...children.values()].map((child) => end(child, "SIGTERM")));
      await end(managerProcess, "SIGINT");
      await rm(installation.folder, { recursive: true, force: true });
    },
  };
}

async function startManager(installation: Installation, port: number): Promise<ChildProcess> {
  const directory = join(installation.folder, "mgr");
  await execute(installation.program("initmgr"), ["-D", directory], identity(installation));
  const settings = `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = ''\nfsync = off\n`;
  await appendFile(join(directory, "postgresql.conf"), settings);
  const child = launch(installation, "adbmgrd", { arguments: ["-D", directory], env: {} });
  await untilOpen({ address: "127.0.0.1", port }, child);
  return child;
}

async function startAgent(installation: Installation, agent: Agent): Promise<ChildProcess> {
  const env = { STAND_IN_AGENT_ADDRESS: agent.address, STAND_IN_LISTEN: agent.address };
  const child = launch(installation, "agent", { arguments: ["-P", `${agent.port}`], env });
  await untilOpen(agent, child);
  return child;
}

const identity = (
  installation: Installation,
): { uid: number; gid: number; env: NodeJS.ProcessEnv; cwd: string } => ({
  uid: installation.account.uid,
  gid: installation.account.gid,
  env: installation.env,
  cwd: installation.folder,
});

type Launch = { readonly arguments: readonly string[]; readonly env: NodeJS.ProcessEnv };

function launch(installation: Installation, name: string, how: Launch): ChildProcess {
  const log = openSync(join(installation.folder, `${name}.log`), "a");
  const options = identity(installation);
  const child = spawn(installation.program(name), [...how.arguments], {
    ...options,
    env: { ...options.env, ...how.env },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  return child;
}

async function untilOpen(at: { address: string; port: number }, child: ChildProcess): Promise<void> {
  await until(`${at.address}:${at.port} accepts`, async () => {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
    return (await accepts(at)) ? true : undefined;
  });
}

const accepts = (at: { address: string; port: number }): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: at.address, port: at.port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  await ended;
}

/** A node's server is no child of ours: its pid file names it. */
async function stopNode(agent: Agent): Promise<void> {
  const file = join(agent.folder, "data", "postmaster.pid");
  const pid = Number((await readFile(file, "utf8").catch(() => "")).split("\n")[0]);
  if (!(pid > 1)) return;
  try {
    process.kill(pid, "SIGQUIT");
  } catch {
    return;
  }
  await until(`node ${pid} has ended`, () => Promise.resolve(alive(pid) ? undefined : true), 20_000);
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Below the range outgoing connections take their ports from: between a look and a bind one of those could come and sit on it. */
const firstPort = 15_000;
const portCount = 15_000;

/** Ports nobody listens on, on any address. */
async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries++) {
    if (tries > 1000) throw new Error(`no ${count} free ports from ${firstPort} on`);
    const port = firstPort + randomInt(portCount);
    if (!ports.includes(port) && (await isFree(port))) ports.push(port);
  }
  return ports;
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "0.0.0.0", () => server.close(() => resolve(true)));
  });
