// What users meet at night: a hook killed in the middle, a volume that came back empty, a release that never came up.
import { afterEach, beforeEach, expect, test } from "vitest";
import { insertRows, rowCount } from "../../ci/demo/rows.ts";
import { makeRelease, type Release } from "../support/e2e/release.ts";
import { until } from "../support/until.ts";

let release: Release;
beforeEach(async () => {
  release = await makeRelease("e2e-trouble");
  await release.destroy();
});
afterEach(() => release.destroy());

/** The running reconcile pod, once its log shows that this action was begun. */
async function reconcilePodIn(action: string): Promise<string> {
  return until(`a reconcile pod begins ${action}`, async () => {
    const name = await release.kube.kubectl([
      "get",
      "pods",
      "-l",
      "app.kubernetes.io/component=reconcile",
      "--field-selector",
      "status.phase=Running",
      "-o",
      "name",
    ]);
    if (name === "" || name.includes("\n")) return undefined;
    const log = await release.kube.kubectl(["logs", name]).catch(() => "");
    return log.includes(`"event":"action-started","action":"${action}"`) ? name : undefined;
  });
}

test.each(["add-node", "initialise", "write-hba"])(
  "a hook killed in %s: the Job's retry ends in a working cluster",
  async (action) => {
    const install = release.install();
    const pod = await reconcilePodIn(action);
    await release.kube.kubectl(["delete", pod, "--grace-period=0", "--force"]);
    await install;
    await release.startClient();
    expect(await insertRows(release.client, "orders")).toBe(rowCount);
  },
);

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

test("a release that never came up is uninstalled within 15 s", async () => {
  await expect(release.install(["--set", "cn.image.tag=absent", "--timeout", "20s"])).rejects.toThrow();
  expect(await release.uninstall()).toBeLessThanOrEqual(15);
});
