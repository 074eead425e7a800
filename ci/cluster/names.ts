// Names of clusters and hosts, and the checks on them.
import { ClusterFailure } from "./failure.ts";
import { maxWorkers } from "./settings.ts";

export const controlPlane = "cp";

/** w1..wN. */
const workerNames = (count: number): string[] => Array.from({ length: count }, (_, index) => `w${index + 1}`);

/** cp, w1..wN. */
export const hostNames = (workers: number): string[] => [controlPlane, ...workerNames(workers)];

/** A host's number: cp is 0, w1..w9 are 1..9. It decides the host's addresses. */
export const hostIndex = (host: string): number => {
  if (host === controlPlane) return 0;
  const index = /^w([1-9])$/.exec(host)?.[1];
  if (index === undefined)
    throw new ClusterFailure(`no host is called ${host}: hosts are cp and w1..w${maxWorkers}`);
  return Number(index);
};

/** Refuses a host the cluster does not have. */
export const checkHost = (host: string, workers: number): string => {
  if (hostIndex(host) > workers)
    throw new ClusterFailure(`no host is called ${host}: this cluster has ${hostNames(workers).join(", ")}`);
  return host;
};

/** A cluster's name becomes part of folder, cgroup and namespace names. */
export const checkName = (name: string): string => {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name) || name.endsWith("-"))
    throw new ClusterFailure(
      `"${name}" cannot name a cluster: use at most 31 lower-case letters, digits and dashes, a letter first, no dash last`,
    );
  return name;
};

/** Refuses a number of workers that is not 1..9. */
export const checkWorkers = (text: string): number => {
  if (!/^[1-9]$/.test(text))
    throw new ClusterFailure(`--workers ${text}: give a number from 1 to ${maxWorkers}`);
  return Number(text);
};
