// The whole way once, as a user goes it: install, rows, upgrade with nothing to do, uninstall, reinstall on kept volumes.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insertRows, rowCount, rowsPerDatanode } from "../../ci/demo/rows.ts";
import { metricsOf, silentExporters } from "../support/e2e/metrics.ts";
import { runProgram } from "../support/e2e/program.ts";
import { makeRelease, type Release, teardownBoundSeconds } from "../support/e2e/release.ts";
import { until } from "../support/until.ts";

let release: Release;
const hostOf = async (pod: string): Promise<string | undefined> =>
  (await release.pods()).find(({ metadata }) => metadata.name === pod)?.spec.nodeName;

/** Of every database pod, the manager's too; a role reaches a standby a moment after its master. */
async function expectExporters(): Promise<void> {
  const pods = (await release.pods()).map(({ metadata }) => metadata.name);
  expect(pods).toHaveLength(9);
  let silent: readonly string[] = [];
  const allTell = async (): Promise<true | undefined> => {
    silent = await silentExporters(release.kube, pods);
    return silent.length === 0 ? true : undefined;
  };
  await until("both exporters of every pod", allTell, 30_000).catch(() => expect(silent).toEqual([]));
}

beforeAll(async () => {
  release = await makeRelease("e2e-lifecycle");
  await release.destroy();
});
afterAll(() => release.destroy());

describe("a release from nothing", () => {
  test("helm install returns, and the cluster takes distributed inserts at once", async () => {
    const seconds = await release.install();
    console.log(`helm install on new volumes: ${seconds.toFixed(1)} s`);
    await release.startClient();
    expect(await insertRows(release.client, "orders")).toBe(rowCount);
  });

  test("rows lie on every datanode", async () => {
    const rows = await rowsPerDatanode(release.client, "orders");
    expect([...rows.keys()]).toEqual(["dn_0", "dn_1"]);
    expect([...rows.values()].reduce((sum, count) => sum + count, 0)).toBe(rowCount);
    for (const count of rows.values()) expect(count).toBeGreaterThan(rowCount / 4);
  });

  test("another coordinator reads what one has written", async () => {
    const coordinators = (await release.pods()).filter(
      ({ metadata }) => metadata.labels["antdb.io/role"] === "cn",
    );
    expect(coordinators).toHaveLength(2);
    for (const { status } of coordinators)
      expect(await release.sql("SELECT count(*) FROM orders", status.podIP)).toBe(String(rowCount));
  });

  test("a wrong password is refused", async () => {
    const attempt = release.kube.kubectl([
      "exec",
      "-i",
      "antdb-client",
      "--",
      "env",
      "PGPASSWORD=wrong",
      "psql",
      "-X",
      "-c",
      "SELECT 1",
    ]);
    await expect(attempt).rejects.toThrow(/password authentication failed/);
  });

  test("the two of a datanode pair are on different hosts, and so are gc and gcs", async () => {
    for (const pair of [0, 1])
      expect(await hostOf(`antdb-dn-${pair}`)).not.toBe(await hostOf(`antdb-ds-${pair}`));
    expect(await hostOf("antdb-gc-0")).not.toBe(await hostOf("antdb-gcs-0"));
  });

  test("status shows every node up and every standby streaming", async () => {
    const printed = await runProgram(release.kube, "antdb", ["status", "-o", "json"]);
    // The log of a pod holds both streams, in either order: the closing line stands before or behind the result.
    const status = JSON.parse(printed.slice(printed.indexOf("{"), printed.lastIndexOf("}") + 1)) as {
      nodes: { node: string; postgres: string; state: string; replication: string }[];
      drift: string[];
    };
    expect(status.nodes.map(({ node }) => node)).toEqual([
      "gc_0",
      "gcs_0",
      "cn_0",
      "cn_1",
      "dn_0",
      "dn_1",
      "ds_0",
      "ds_1",
    ]);
    expect(status.nodes.filter(({ postgres }) => postgres !== "up")).toEqual([]);
    const standbys = status.nodes.filter(({ state }) => state.startsWith("standby of"));
    expect(standbys).toHaveLength(3);
    for (const { replication } of standbys) expect(replication).toMatch(/^streaming, sync/);
    expect(status.drift).toEqual([]);
  });

  test("both exporters of every pod tell of it, and so does the watcher", async () => {
    await expectExporters();
    const watcher = await release.kube.kubectl([
      ...["get", "pods", "-l", "app.kubernetes.io/component=watcher"],
      ...["-o", "jsonpath={.items[0].metadata.name}"],
    ]);
    expect(await metricsOf(release.kube, watcher, "watcher")).toMatch(/^antdb_/m);
  });

  test("the exporters' role may look, and gets in from its own pod alone", async () => {
    const may =
      "SELECT rolsuper, pg_has_role(oid, 'pg_monitor', 'member') FROM pg_roles WHERE rolname = 'antdb_monitor'";
    expect(await release.sql(may)).toBe("f|t");
    const attempt = release.kube.kubectl([
      ...[
        "exec",
        "-i",
        "antdb-client",
        "--",
        "psql",
        "-X",
        "-U",
        "antdb_monitor",
        "-d",
        "postgres",
        "-c",
        "SELECT 1",
      ],
    ]);
    await expect(attempt).rejects.toThrow(/rejects connection for host .* user "antdb_monitor"/);
  });

  test("an upgrade that changes nothing finds nothing to do", async () => {
    await release.upgrade();
    const said = await runProgram(release.kube, "antdb", ["reconcile"]);
    expect(said).toContain("reconcile: nothing to do, the cluster is as the values ask");
    expect(said).not.toContain("action-started");
  });
});

describe("a release removed and installed again", () => {
  test("uninstall keeps its bound and leaves only what retention keeps", async () => {
    expect(await release.uninstall()).toBeLessThan(teardownBoundSeconds);
    await release.kube.kubectl(["wait", "--for=delete", "pods", "-l", "antdb.io/role", "--timeout=60s"]);
    const kinds =
      "all,configmaps,serviceaccounts,roles,rolebindings,leases,networkpolicies,poddisruptionbudgets";
    const left = await release.kube.kubectl([
      "get",
      kinds,
      "-l",
      "app.kubernetes.io/instance=antdb",
      "-o",
      "name",
    ]);
    expect(left).toBe("");
    const claims = await release.kube.kubectl(["get", "pvc", "-o", "name"]);
    expect(claims.split("\n")).toHaveLength(9);
    expect(await release.kube.kubectl(["get", "secret", "antdb-credentials", "-o", "name"])).toContain(
      "antdb-credentials",
    );
  });

  test("install --wait on kept volumes finds every row, at new addresses", async () => {
    await release.install(["--wait", "--atomic"]);
    expect(await release.sql("SELECT count(*) FROM orders")).toBe(String(rowCount));
    const coordinators = (await release.pods()).filter(
      ({ metadata }) => metadata.labels["antdb.io/role"] === "cn",
    );
    for (const { status } of coordinators) {
      await release.sql(
        `INSERT INTO orders VALUES (${rowCount + coordinators.length}, 'late') ON CONFLICT DO NOTHING`,
        status.podIP,
      );
      expect(Number(await release.sql("SELECT count(*) FROM orders", status.podIP))).toBeGreaterThan(
        rowCount,
      );
    }
  });

  test("the exporters tell of every pod at its new address", expectExporters);
});
