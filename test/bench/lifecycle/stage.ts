// The release that is measured: what its pods are, when each postgres was started, and when nothing is left to do.
import { type ClientOptions, sql, startClient } from "../../../ci/demo/client.ts";
import type { Kube } from "../../../ci/demo/kube.ts";
import { until } from "../../support/until.ts";

export const release = "antdb";

export interface PodSeen {
  readonly name: string;
  readonly uid: string;
  readonly ip: string | undefined;
  readonly ready: boolean;
  /** What the program has found it to be. */
  readonly state: string | undefined;
}

interface PodJson {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly status: {
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** The database's pods that are not on their way out, the manager's among them. */
export async function seePods(kube: Kube): Promise<ReadonlyMap<string, PodSeen>> {
  const selector = `app.kubernetes.io/instance=${release},antdb.io/role`;
  const said = await kube.kubectl(["get", "pods", "-l", selector, "-o", "json"]);
  const { items } = JSON.parse(said) as { items: readonly PodJson[] };
  const pods = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return new Map(
    pods.map(({ metadata: { name, uid, labels }, status }) => {
      const ready = status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True");
      return [
        name,
        { name, uid, ip: status.podIP, ready: ready ?? false, state: labels?.["antdb.io/state"] },
      ];
    }),
  );
}

/** Process and second at which each node's postgres was started, by pod: another one after a restart, whoever restarted it. */
export async function startsOf(kube: Kube): Promise<ReadonlyMap<string, string>> {
  const names = [...(await seePods(kube)).keys()].filter((name) => !name.includes("-mgr-"));
  const file = "/var/lib/antdb/data/postmaster.pid";
  const read = async (name: string): Promise<[string, string]> => {
    const lines = await kube.kubectl(["exec", name, "-c", "antdb", "--", "sed", "-n", "1p;3p", file]);
    return [name, lines];
  };
  return new Map(await Promise.all(names.map(read)));
}

/** Waits until `antdb status` in the watcher's pod has nothing left to do. */
export const settled = (kube: Kube): Promise<true> =>
  until(
    "nothing left to do",
    async () => {
      const command = ["exec", `deploy/${release}-watcher`, "--", "antdb", "status", "-o", "json"];
      const said = await kube.kubectl(command).catch(() => undefined);
      if (said === undefined) return undefined;
      return (JSON.parse(said) as { drift: readonly string[] }).drift.length === 0 ? true : undefined;
    },
    300_000,
  );

/** The watcher is taken away for what is done by hand, or brought back. */
export async function switchWatcher(kube: Kube, on: boolean): Promise<void> {
  await kube.kubectl(["scale", `deploy/${release}-watcher`, `--replicas=${on ? 1 : 0}`]);
  const selector = ["-l", "app.kubernetes.io/component=watcher"];
  if (on) await kube.kubectl(["rollout", "status", `deploy/${release}-watcher`, "--timeout=120s"]);
  else await kube.kubectl(["wait", "--for=delete", "pod", ...selector, "--timeout=60s"]);
}

/** A client's pod, and the table that is written to: its rows lie on every datanode there is now. */
export async function startWriting(client: ClientOptions): Promise<void> {
  await startClient(client);
  await sql(client, "CREATE TABLE bench (id int) DISTRIBUTE BY HASH (id)");
}

/** Statements for the manager in its own grammar, as a DBA types them in its pod; returns the seconds of each. */
export async function atManager(kube: Kube, statements: readonly string[]): Promise<readonly number[]> {
  const lines = statements.map((statement) => `${statement};`);
  const psql = [
    "psql",
    "-X",
    "-A",
    "-t",
    "-v",
    "ON_ERROR_STOP=1",
    "-h",
    "/tmp",
    "-p",
    "6432",
    "-d",
    "postgres",
  ];
  const command = ["exec", "-i", `${release}-mgr-0`, "-c", "antdb", "--", ...psql];
  const said = await kube.kubectl(command, ["\\timing on", ...lines].join("\n"));
  return [...said.matchAll(/^Time: ([0-9.]+) ms/gm)].map(([, ms]) => Number(ms) / 1000);
}
