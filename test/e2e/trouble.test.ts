// What users meet at night: a hook killed in the middle, a volume that came back empty, a release that never came up.
import { afterEach, beforeEach, expect, test } from "vitest";
import { insertRows, rowCount } from "../../ci/demo/rows.ts";
import { makeRelease, type Release, teardownBoundSeconds } from "../support/e2e/release.ts";
import { until } from "../support/until.ts";

let release: Release;
beforeEach(async () => {
  release = await makeRelease("e2e-trouble");
  await release.destroy();
});
afterEach(() => release.destroy());

/** Kills the reconcile pod, without a word of warning, the moment its log says that this action was begun. */
async function killReconcileIn(action: string): Promise<void> {
  const { kube } = release;
  const selector = "app.kubernetes.io/component=reconcile";
  const pod = await until("a reconcile pod runs", async () => {
    const names = await kube.kubectl([
      "get",
      "pods",
      "-l",
      selector,
      "--field-selector",
      "status.phase=Running",
      "-o",
      "name",
    ]);
    return names.split("\n").find((name) => name !== "");
  });
  for await (const line of kube.follow(["logs", "-f", pod]))
    if (line.includes(`"event":"action-started","action":"${action}"`)) break;
  await kube.kubectl(["delete", pod, "--grace-period=0", "--force"]);
}

/** How many pods the Job needed: more than one, or nothing was killed in the middle. */
async function reconcilePods(): Promise<number> {
  const which = "involvedObject.name=antdb-reconcile,reason=SuccessfulCreate";
  const events = await release.kube.kubectl(["get", "events", "--field-selector", which, "-o", "name"]);
  return events.split("\n").filter((name) => name !== "").length;
}

test("a hook killed in INIT ALL: the Job's retry ends in a working cluster", async () => {
  // Without the watcher, which would do the work in the Job's stead.
  const install = release.install(["--set", "watcher.enabled=false"]);
  await killReconcileIn("initialise");
  await install;
  expect(await reconcilePods()).toBeGreaterThan(1);
  await release.startClient();
  expect(await insertRows(release.client, "orders")).toBe(rowCount);
});

test("a member whose volume came back empty is named and left alone", async () => {
  await release.install();
  await release.startClient();
  await insertRows(release.client, "orders");
  await release.kube.kubectl(["delete", "pvc", "data-antdb-ds-1", "--wait=false"]);
  await release.kube.kubectl(["delete", "pod", "antdb-ds-1", "--grace-period=1"]);
  await until("ds_1 has a new volume and runs", async () => {
    const phase = await release.kube
      .kubectl(["get", "pod", "antdb-ds-1", "-o", "jsonpath={.status.phase} {.metadata.deletionTimestamp}"])
      .catch(() => "");
    return phase === "Running " ? true : undefined;
  });
  await expect(release.upgrade()).rejects.toThrow(/ds_1/);
  const log = await release.reconcileLog();
  expect(log).toContain("its volume is empty");
  expect(log).toContain("APPEND DATANODE SLAVE ds_1");
  expect(log).not.toContain('"action":"initialise"');
  expect(await release.sql("SELECT count(*) FROM orders")).toBe(String(rowCount));
});

test("a release that never came up is uninstalled within the bound", async () => {
  await expect(release.install(["--set", "cn.image.tag=absent", "--timeout", "20s"])).rejects.toThrow();
  expect(await release.uninstall()).toBeLessThan(teardownBoundSeconds);
});

/** Leaves the release two of the cluster's hosts. */
async function onTwoHosts(): Promise<string[]> {
  const workers = ["get", "nodes", "-l", "!node-role.kubernetes.io/control-plane", "-o", "name"];
  const names = (await release.kube.kubectl(workers)).split("\n").map((line) => line.replace("node/", ""));
  const values = names.filter((name) => name !== "").slice(0, 2);
  const term = { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values }] };
  const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
  return ["--set-json", `pods.affinity.nodeAffinity=${JSON.stringify(nodeAffinity)}`];
}

test("three that must be apart, on two hosts: refused with pod, reason and remedy; the remedy works", async () => {
  const sizes = "dn.replicas=1,ds.replicas=0,gcs.replicas=0";
  const few = [...(await onTwoHosts()), "--set", sizes, "--set", "jobs.reconcile.activeDeadlineSeconds=60"];
  await expect(release.install([...few, "--set", "cn.replicas=3,apart.cn.type=required"])).rejects.toThrow(
    /pod antdb-cn-\d.*not placed on any host: .*anti-affinity.*add a host that can take it, or set cn\.replicas to as many as have a place, or apart\.cn\.type=preferred/,
  );
  await release.upgrade([...few, "--set", "cn.replicas=2,apart.cn.type=required"]);
  expect(await release.test()).toContain("read through cn_0, cn_1");
});
