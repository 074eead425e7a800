// The cluster as a library: what the command line, the image builder and the end-to-end tests call.
import { checkSameKind, chooseDriver, lookAround } from "./choose.ts";
import { contextDriver } from "./context/driver.ts";
import type { Driver, HostAction, HostStatus, Progress } from "./driver.ts";
import { ClusterFailure } from "./failure.ts";
import { kindDriver } from "./kind/driver.ts";
import { checkName, hostNames } from "./names.ts";
import { nativeDriver } from "./native/driver.ts";
import { hasTraces } from "./native/down.ts";
import { layoutOf } from "./native/layout.ts";
import { stopwatch } from "./progress.ts";
import { type ClusterRecord, type DriverName, kubeconfigOf, readRecord } from "./record.ts";
import { defaultName, defaultWorkers } from "./settings.ts";

export { ClusterFailure } from "./failure.ts";

/** A cluster that was brought up here. */
export interface Cluster {
  readonly name: string;
  readonly driver: DriverName;
  /** cp, w1..wN; empty for a cluster given by context. */
  readonly hosts: readonly string[];
  /** Path of its kubeconfig, mode 600. */
  readonly kubeconfig: string;
}

export interface UpOptions {
  readonly name?: string;
  readonly workers?: number;
  /** Use this context of the user's kubeconfig. */
  readonly context?: string;
  /** The /16 of a native cluster as "10.200"; a free one when not given. */
  readonly subnet?: string;
  readonly progress?: Progress;
}

const drivers: Readonly<Record<DriverName, (record: ClusterRecord) => Driver>> = {
  context: contextDriver,
  kind: kindDriver,
  native: nativeDriver,
};

const driverOf = (record: ClusterRecord): Driver => drivers[record.driver](record);

const clusterOf = (record: ClusterRecord): Cluster => ({
  name: record.name,
  driver: record.driver,
  hosts: record.driver === "context" ? [] : hostNames(record.workers),
  kubeconfig: kubeconfigOf(record.name, record.driver),
});

const recordOf = (name: string): ClusterRecord => {
  const record = readRecord(checkName(name));
  if (record === undefined)
    throw new ClusterFailure(
      `this user has no cluster ${name}: type \`npm run cluster:up${name === defaultName ? "" : ` -- --name ${name}`}\`, or run this as root if root made it`,
    );
  return record;
};

const title = (name: string): string => `cluster ${name}`;

const wantedOf = async (
  name: string,
  before: ClusterRecord | undefined,
  options: UpOptions,
): Promise<ClusterRecord> => {
  const context = options.context ?? before?.context;
  return {
    name,
    driver: before?.driver ?? chooseDriver(context, await lookAround()),
    workers: options.workers ?? before?.workers ?? defaultWorkers,
    ...(context === undefined ? {} : { context }),
    ...(options.subnet === undefined ? {} : { subnet: options.subnet }),
  };
};

/** Brings a cluster up, or what is missing of it. Run it as often as you like. */
export const up = async (options: UpOptions = {}): Promise<Cluster> => {
  const name = checkName(options.name ?? defaultName);
  const before = readRecord(name);
  if (before !== undefined) checkSameKind(before, options.context);
  const wanted = await wantedOf(name, before, options);
  return clusterOf(await driverOf(before ?? wanted).up(wanted, options.progress ?? stopwatch(title(name))));
};

/** Ends what `up` started. Returns false when there is nothing of that name. */
export const down = async (
  name: string = defaultName,
  progress: Progress = stopwatch(title(name)),
): Promise<boolean> => {
  const record = readRecordOrTraces(checkName(name));
  if (record === undefined) return false;
  await driverOf(record).down(progress);
  return true;
};

/** A native cluster whose record is gone or damaged still goes by the names of its parts. */
const readRecordOrTraces = (name: string): ClusterRecord | undefined => {
  const bare: ClusterRecord = { name, driver: "native", workers: 0 };
  const isThere = hasTraces(layoutOf(name, ""));
  try {
    return readRecord(name) ?? (isThere ? bare : undefined);
  } catch (error) {
    if (error instanceof ClusterFailure && isThere) return bare;
    throw error;
  }
};

/** The cluster of that name. @throws ClusterFailure when it was not brought up. */
export const findCluster = (name: string = defaultName): Cluster => clusterOf(recordOf(name));

export const status = (name: string = defaultName): Promise<HostStatus[]> =>
  driverOf(recordOf(name)).status();

/** Loads OCI archives into every running host that does not have them. */
export const loadImages = (
  cluster: Pick<Cluster, "name">,
  files: readonly string[],
  progress: Progress = stopwatch(title(cluster.name)),
): Promise<void> => driverOf(recordOf(cluster.name)).load(files, progress);

/** Does one thing to one host. */
export const hostAction = (cluster: Pick<Cluster, "name">, action: HostAction, host: string): Promise<void> =>
  driverOf(recordOf(cluster.name)).host(action, host);

const onHost =
  (action: HostAction) =>
  (cluster: Pick<Cluster, "name">, host: string): Promise<void> =>
    hostAction(cluster, action, host);

/** A power cut: its cable is out before its processes die. Its disk stays. @public */
export const hostStop = onHost("stop");
/** Boots a stopped host from its disk. @public */
export const hostStart = onHost("start");
/** Pulls a host's network cable: it runs on, and nobody hears of it. @public */
export const hostCut = onHost("cut");
/** Plugs it in again. @public */
export const hostJoin = onHost("join");
/** Stops every process of a host where it is: sockets stay open, nothing answers. @public */
export const hostFreeze = onHost("freeze");
/** Lets them go on. @public */
export const hostThaw = onHost("thaw");

/** Runs a command inside a host with this process's own input and output; returns its exit code. */
export const hostExec = (
  cluster: Pick<Cluster, "name">,
  host: string,
  command: readonly string[],
): Promise<number> => driverOf(recordOf(cluster.name)).exec(host, command);

/** The path for KUBECONFIG. */
export const kubeconfigPath = (name: string = defaultName): string => findCluster(name).kubeconfig;
