// What is remembered about a cluster between two commands: one JSON file in its state folder.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../tools/cache.ts";
import { ClusterFailure } from "./failure.ts";

export type DriverName = "context" | "kind" | "native";

/** A cluster on record. `subnet` (native) is the first two numbers of its /16, as "10.89"; `context` is the user's own. */
export interface ClusterRecord {
  readonly name: string;
  readonly driver: DriverName;
  readonly workers: number;
  readonly context?: string;
  readonly subnet?: string;
}

export const nativeStateRoot = "/var/lib/antdb-cluster";

/** Hosts of the native cluster need root and a fixed place; the other two keep two small files where the user may write. */
export const stateFolder = (name: string, driver: DriverName): string =>
  driver === "native" ? join(nativeStateRoot, name) : join(cacheFolder(), "clusters", name);

const recordPath = (name: string, driver: DriverName): string =>
  join(stateFolder(name, driver), "cluster.json");

/** The kubeconfig of a cluster, mode 600. */
export const kubeconfigOf = (name: string, driver: DriverName): string =>
  join(stateFolder(name, driver), "kubeconfig");

const parse = (path: string): ClusterRecord => {
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as ClusterRecord;
    if (typeof value.name === "string" && typeof value.driver === "string" && Number.isInteger(value.workers))
      return value;
  } catch {
    // falls through: a file cut short is as bad as one that means nothing
  }
  throw new ClusterFailure(
    `${path} is damaged: type \`npm run cluster:down\` with the same --name, then up again`,
  );
};

/** The record of a cluster, or undefined when none of that name was made here. */
export const readRecord = (name: string): ClusterRecord | undefined => {
  for (const driver of ["native", "kind"] as const) {
    const path = recordPath(name, driver);
    if (existsSync(path)) return parse(path);
  }
  return undefined;
};

/** Writes a record in one step: a reader never sees half of it. */
export const writeRecord = (record: ClusterRecord): void => {
  const path = recordPath(record.name, record.driver);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${path}.new`, path);
};

/** The subnets other native clusters of this machine hold, by cluster name. */
export const recordedSubnets = (except: string): Map<string, string> => {
  const names = existsSync(nativeStateRoot) ? readdirSync(nativeStateRoot) : [];
  const found = new Map<string, string>();
  for (const name of names.filter((other) => other !== except && existsSync(recordPath(other, "native")))) {
    const { subnet } = parse(recordPath(name, "native"));
    if (subnet !== undefined) found.set(name, subnet);
  }
  return found;
};
