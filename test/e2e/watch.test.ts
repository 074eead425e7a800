// Pods go, and nobody types anything: the watcher brings the cluster back.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insertRows, rowCount } from "../../ci/demo/rows.ts";
import { makeRelease, type Release, teardownBoundSeconds } from "../support/e2e/release.ts";
import { until } from "../support/until.ts";

interface SeenPod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels: Readonly<Record<string, string>>;
  };
}

let release: Release;
let written = rowCount;

beforeAll(async () => {
  release = await makeRelease("e2e-watch");
  await release.destroy();
  await release.install();
  await release.startClient();
  await insertRows(release.client, "orders");
});
afterAll(() => release.destroy());

/** What `antdb status` in the watcher's own pod says is left to do; undefined while it cannot be asked. */
async function drift(): Promise<readonly string[] | undefined> {
  const command = ["exec", "deploy/antdb-watcher", "--", "antdb", "status", "-o", "json"];
  const printed = await release.kube.kubectl(command).catch(() => undefined);
  return printed === undefined ? undefined : (JSON.parse(printed) as { drift: string[] }).drift;
}

/** One row for each of many hash buckets, so that every datanode takes part, through the client Service. */
async function writeOnce(): Promise<true | undefined> {
  const statement = `INSERT INTO orders SELECT n, 'later' FROM generate_series(${written + 1}, ${written + 64}) AS n`;
  return release.sql(`SET statement_timeout = '5s'; ${statement}`).then(
    () => true as const,
    () => undefined,
  );
}

async function seenPods(): Promise<ReadonlyMap<string, SeenPod>> {
  const selector = "app.kubernetes.io/instance=antdb,antdb.io/role";
  const said = await release.kube.kubectl(["get", "pods", "-l", selector, "-o", "json"]);
  const { items } = JSON.parse(said) as { items: SeenPod[] };
  return new Map(items.map((pod) => [pod.metadata.name, pod]));
}

const stateOf = (pod: SeenPod | undefined): string | undefined => pod?.metadata.labels["antdb.io/state"];

/** Deletes pods and waits until every one is there anew and the cluster is whole; returns the seconds. */
async function replace(pods: readonly string[]): Promise<number> {
  const before = await seenPods();
  const startedMs = performance.now();
  await release.kube.kubectl(["delete", "pod", ...pods, "--wait=false"]);
  await until(`${pods.join(", ")} are new pods`, async () => {
    const now = await seenPods();
    const fresh = pods.every((name) => {
      const uid = now.get(name)?.metadata.uid;
      return uid !== undefined && uid !== before.get(name)?.metadata.uid;
    });
    return fresh ? true : undefined;
  });
  await until("a distributed write through the client Service", writeOnce);
  const seconds = (performance.now() - startedMs) / 1000;
  written += 64;
  await until("status has nothing to do", async () => ((await drift())?.length === 0 ? true : undefined));
  return seconds;
}

/** The same as a user who has turned reads on standbys on by hand, on this one coordinator. */
const onSecondCoordinator = (statement: string): Promise<string> =>
  release.kube.kubectl([
    ...["exec", "antdb-cn-1", "-c", "antdb", "--", "psql", "-X", "-A", "-t", "-q"],
    ...["-h", "127.0.0.1", "-U", "antdb", "-d", "postgres", "-c", statement],
  ]);

const addressOf = async (name: string): Promise<string | undefined> =>
  (await release.pods()).find(({ metadata }) => metadata.name === name)?.status.podIP;

const roles = ["cn", "ds", "dn", "gcs", "gc", "mgr"];

describe("the watcher alone", () => {
  test("labels each pod with what it is", async () => {
    const states = await until("every pod has its state", async () => {
      const pods = [...(await seenPods()).values()].filter(
        ({ metadata }) => !metadata.name.includes("-mgr-"),
      );
      return pods.every((pod) => stateOf(pod) !== undefined) ? pods.map(stateOf) : undefined;
    });
    expect(states).toEqual([
      ...["coordinator", "coordinator"],
      ...["master", "master"],
      ...["slave", "slave"],
      ...["master", "slave"],
    ]);
  });

  test.each(roles)("%s-0 deleted: writes go on, nothing is left to do", async (role) => {
    const seconds = await replace([`antdb-${role}-0`]);
    console.log(`${role}-0 deleted, until a distributed write came through again: ${seconds.toFixed(1)} s`);
    expect(await release.sql("SELECT count(*) FROM orders")).toBe(String(written));
  });

  test("a row somebody made by hand, to read on a standby, follows that standby's pod", async () => {
    const before = await addressOf("antdb-ds-0");
    await onSecondCoordinator(
      `CREATE NODE ds_0 FOR dn_0 WITH (TYPE='datanode slave', HOST='${before ?? ""}', PORT=5433)`,
    );
    await replace(["antdb-ds-0"]);
    const after = await addressOf("antdb-ds-0");
    expect(after).not.toBe(before);
    const row = "SELECT node_host FROM pgxc_node WHERE node_name = 'ds_0'";
    expect(await onSecondCoordinator(row)).toBe(after);
    await onSecondCoordinator("DROP NODE ds_0");
  });

  test("all pods deleted at once: every row is there", async () => {
    const seconds = await replace([...(await seenPods()).keys()]);
    console.log(`all pods deleted, until a distributed write came through again: ${seconds.toFixed(1)} s`);
    expect(await release.sql("SELECT count(*) FROM orders")).toBe(String(written));
  });

  test("a new pod has no state before its node is in the cluster", async () => {
    const name = "antdb-cn-1";
    const uid = (await seenPods()).get(name)?.metadata.uid;
    await release.kube.kubectl(["delete", "pod", name, "--wait=false"]);
    let without = 0;
    await until("the new pod has its state", async () => {
      const pod = (await seenPods()).get(name);
      if (pod === undefined || pod.metadata.uid === uid) return undefined;
      if (stateOf(pod) === "coordinator") return true;
      without += 1;
      return undefined;
    });
    expect(without).toBeGreaterThan(0);
    expect(await release.sql("SELECT count(*) FROM orders", await addressOf(name))).toBe(String(written));
  });

  test("what it did is among the pods' events", async () => {
    const events = await release.kube.kubectl([
      "get",
      "events",
      "--field-selector",
      "reason=Healed",
      "-o",
      "name",
    ]);
    expect(events.split("\n").length).toBeGreaterThanOrEqual(roles.length - 1);
  });
});

test("uninstall keeps its bound with the watcher on, and nothing is left running", async () => {
  expect(await release.uninstall()).toBeLessThan(teardownBoundSeconds);
  const selector = ["-l", "app.kubernetes.io/instance=antdb"];
  await release.kube.kubectl(["wait", "--for=delete", "pods", ...selector, "--timeout=60s"]);
  const kinds = "pods,deployments,replicasets,statefulsets,jobs,leases";
  expect(await release.kube.kubectl(["get", kinds, ...selector, "-o", "name"])).toBe("");
  expect(await release.kube.kubectl(["get", "leases", "-o", "name"])).toBe("");
});
