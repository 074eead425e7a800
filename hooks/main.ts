#!/usr/bin/env node
// The composition root: the only file that touches process, builds adapters, and sets the exit code.
import { randomBytes, randomInt } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { makeClientDoor } from "./adapters/client/door.ts";
import { systemClock } from "./adapters/clock/system-clock.ts";
import { serveHealth } from "./adapters/http/health-server.ts";
import { makeCatalogKeeper } from "./adapters/kube/catalog-keeper.ts";
import { makeBell } from "./adapters/kube/bell.ts";
import { KubeClient, type KubeSource } from "./adapters/kube/client.ts";
import { LeaseStore } from "./adapters/kube/lease-record.ts";
import { makeWriterLease } from "./adapters/kube/lease.ts";
import { makeLeftovers } from "./adapters/kube/leftovers.ts";
import { makeEvents } from "./adapters/kube/events.ts";
import { makeHold } from "./adapters/kube/hold.ts";
import { makeOwnJob } from "./adapters/kube/own-job.ts";
import { makeMover } from "./adapters/kube/mover.ts";
import { makePodSets } from "./adapters/kube/pod-sets.ts";
import { makeKube, podSelector, type ReleaseLabels } from "./adapters/kube/pods.ts";
import { makeSecretStore } from "./adapters/kube/secret-store.ts";
import { makeWatcherSwitch } from "./adapters/kube/watcher-switch.ts";
import { makeJsonLog } from "./adapters/log/json-log.ts";
import { makeManagerConnector } from "./adapters/manager/manager.ts";
import type { MonitorRole } from "./adapters/pg/monitor-role.ts";
import { KeptSessions } from "./adapters/node/kept-sessions.ts";
import { makeNodes } from "./adapters/node/nodes.ts";
import { makePlacement } from "./adapters/node/placement.ts";
import { makeSpreader } from "./adapters/node/spreader.ts";
import { runCommand } from "./cli/commands.ts";
import type { Closing, Runtime, WatchPorts } from "./cli/runtime.ts";
import { makeScramVerifier } from "./kit/scram-verifier.ts";
import { Secret } from "./kit/secret.ts";
import type { RunPorts } from "./loop/ports.ts";
import type { TrialPorts } from "./loop/trial.ts";
import { withoutEvents } from "./loop/without-events.ts";
import { Failure, toFailure } from "./model/failure.ts";
import { programRole } from "./model/own-roles.ts";
import { moverLease } from "./model/topology.ts";
import type { Mover } from "./ports/kube.ts";
import type { Log } from "./ports/log.ts";
import type { Values } from "./values/schema.ts";

/** Set by the bundler; a checkout has none. */
declare const ANTDB_VERSION: string | undefined;
const version = typeof ANTDB_VERSION === "string" ? ANTDB_VERSION : "0.0.0-checkout";

const requestTimeoutMs = 10_000;
const connectTimeoutMs = 3000;
/** Longer than the writer's: an API server that is away for a moment should not cost an hour's move. */
const moverLeaseMs = 30_000;
/** The passes of a watcher over a pod that moves follow each other within seconds. */
const keptSessionMs = 10_000;
const namespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

const stop = new AbortController();
// Node as PID 1 has no default action for these: without a handler the kubelet would have to kill it.
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.once(signal, () =>
    stop.abort(
      new Failure({ class: "retry", code: "stopped", what: `told to stop (${signal})`, object: "program" }),
    ),
  );

const source: KubeSource =
  process.env["KUBERNETES_SERVICE_HOST"] === undefined
    ? {
        kind: "kubeconfig",
        path: process.env["KUBECONFIG"] ?? join(process.env["HOME"] ?? "/", ".kube/config"),
      }
    : { kind: "pod" };
const podName = process.env["POD_NAME"] ?? hostname();
let openClient: KubeClient | undefined;
const keptSessions = new KeptSessions(keptSessionMs);

function readTextFile(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (error) {
    const what = `can't be read: ${error instanceof Error ? error.message : String(error)}`;
    throw new Failure({ class: "terminal", code: "unreadable-file", what, object: path }, { cause: error });
  }
}

function kubeClient(namespace: string): KubeClient {
  openClient ??= new KubeClient({ source, namespace, requestTimeoutMs });
  return openClient;
}

const labelsOf = ({ release }: Values): ReleaseLabels => ({ name: release.app, instance: release.name });

function openWatchPorts(values: Values): WatchPorts {
  const client = kubeClient(values.release.namespace);
  const log = makeJsonLog({ pod: podName }, false);
  return {
    bell: makeBell(client, podSelector(labelsOf(values)), { clock: systemClock, log }),
    events: makeEvents(client, { reporter: podName, wallClock: () => new Date() }),
    log,
    clock: systemClock,
  };
}

const readCredential = ({ credentials }: Values, key: string): string =>
  readTextFile(join(credentials.directory, key)).trim();

/** What an application logs in with. */
const clientCredentials = (values: Values): { role: string; password: Secret; database: string } => ({
  role: readCredential(values, "username"),
  password: new Secret(readCredential(values, "password")),
  database: readCredential(values, "database"),
});

const openTrialPorts = (values: Values): TrialPorts => ({
  kube: makeKube(kubeClient(values.release.namespace), labelsOf(values)),
  door: makeClientDoor({ ...clientCredentials(values), connectTimeoutMs }),
  log: makeJsonLog({ pod: podName }, false),
  clock: systemClock,
});

/** Who moves tables holds a Lease of its own: a move takes hours, and healing goes on meanwhile. */
function openMover(values: Values, client: KubeClient, log: Log, identity: string): Mover {
  const leaseName = moverLease(values.release);
  const store = new LeaseStore(client, leaseName, () => new Date());
  const lease = makeWriterLease(store, { identity, durationMs: moverLeaseMs }, { clock: systemClock, log });
  return makeMover({ client, lease, store, leaseName, identity, clock: systemClock });
}

function openPorts(values: Values, options: { quiet: boolean }): RunPorts {
  const log = makeJsonLog({ pod: podName }, options.quiet);
  const client = kubeClient(values.release.namespace);
  const password = new Secret(readCredential(values, "hooks-password"));
  const { osUser, dataDir, managerPort } = values.engine;
  const store = new LeaseStore(client, values.lease.name, () => new Date());
  // Not the pod's name alone: a command run by hand in the watcher's pod must not pass for the watcher.
  const identity = `${podName}-${randomBytes(3).toString("hex")}`;
  const lease = { identity, durationMs: values.lease.durationSeconds * 1000 };
  const access = { user: programRole, password, osUser, connectTimeoutMs };
  // Only teardown meets a Secret without it: it has to stop the cluster all the same.
  const monitorFile = join(values.credentials.directory, "monitor-password");
  const monitor = (...settings: readonly string[]): { readonly monitor?: MonitorRole } =>
    values.monitor.enabled && existsSync(monitorFile)
      ? { monitor: { password: new Secret(readCredential(values, "monitor-password")), settings } }
      : {};
  const nodeAccess = { ...access, dataDir, ...monitor(), client: clientCredentials(values) };
  return {
    kube: makeKube(client, labelsOf(values)),
    // ALTER HOST alone makes the manager warn four times, of its own leaks among others.
    managers: makeManagerConnector(
      // A superuser's setting to make; without it the manager would take every statement for one of its own grammar.
      { ...access, port: managerPort, ...monitor("command_mode=sql") },
      options.quiet ? withoutEvents(log, "manager-notice") : log,
    ),
    nodes: makeNodes(nodeAccess, keptSessions),
    placement: makePlacement(nodeAccess),
    spreader: makeSpreader(nodeAccess),
    mover: openMover(values, client, log, identity),
    hold: makeHold(client, values.lease.name, () => new Date()),
    keeper: makeCatalogKeeper(client, values.catalog.secret),
    lease: makeWriterLease(store, lease, { clock: systemClock, log }),
    log,
    clock: systemClock,
    programVerifier: makeScramVerifier(password, randomBytes(16)),
  };
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const runtime: Runtime = {
  version,
  stop: stop.signal,
  readTextFile,
  openPorts,
  openWatchPorts,
  openTrialPorts,
  openWatcherSwitch: (values) =>
    makeWatcherSwitch(kubeClient(values.release.namespace), values.watcher.deployment, labelsOf(values)),
  serve: serveHealth,
  openSecretStore: () => {
    const namespace =
      source.kind === "pod"
        ? readTextFile(namespaceFile).trim()
        : (process.env["POD_NAMESPACE"] ?? "default");
    return makeSecretStore(kubeClient(namespace), { "app.kubernetes.io/managed-by": "antdb" });
  },
  openPodSets: (values) => makePodSets(kubeClient(values.release.namespace), labelsOf(values)),
  openOwnJob: ({ release }) => makeOwnJob(kubeClient(release.namespace), process.env["JOB_NAME"] ?? ""),
  openLeftovers: ({ release, lease }) =>
    makeLeftovers(kubeClient(release.namespace), {
      leases: [lease.name, moverLease(release)],
      jobs: ["credentials", "guard", "reconcile"].map((job) => `${release.fullname}-${job}`),
      testPod: `${release.fullname}-test`,
    }),
  makePassword: () => Array.from({ length: 32 }, () => alphabet[randomInt(alphabet.length)]).join(""),
  print: (text) => process.stdout.write(text),
};

/** The same line for people (the log's last) and for Kubernetes (the container's termination message). */
function say({ line, exitCode }: Closing): void {
  process.stderr.write(`${line}\n`);
  process.exitCode = exitCode;
  try {
    writeFileSync("/dev/termination-log", line);
  } catch {
    // Outside a pod there is no such file, and the line has been printed.
  }
}

function closeFailed(error: unknown): Closing {
  const { facts, message } = toFailure(error, "program");
  return { exitCode: facts.class === "terminal" ? 2 : 1, line: `antdb: ${message}` };
}

const closing = await runCommand(runtime, process.argv.slice(2)).catch(closeFailed);
if (closing.line !== "") say(closing);
await openClient?.[Symbol.asyncDispose]();
