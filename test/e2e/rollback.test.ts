// Releases that can't come up are taken back by helm, and volumes of an earlier release are found by ordinal. Installs the chart's
// examples/no-standby.yaml: a cluster without a second copy of anything has the least to fall back on.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insertRows, rowCount } from "../../ci/demo/rows.ts";
import { until } from "../support/until.ts";
import { example, makeRelease, type Release, valuesFiles } from "../support/e2e/release.ts";

const namespace = "e2e-rollback";
const set = (...values: readonly string[]): string[] => values.flatMap((value) => ["--set", value]);
/** The coordinators' image is not to be had. */
const broken = set("cn.image.tag=absent", "jobs.reconcile.activeDeadlineSeconds=40");
/** One of them is the only one with its rows; two are enough here. */
const small = set("dn.replicas=2");
const wal = set("dn.persistence.wal.enabled=true", "dn.persistence.wal.size=1Gi");
const countRows = "SELECT count(*) FROM orders";

let release: Release;
let newer: Release;

beforeAll(async () => {
  const options = { valuesFiles: [example("no-standby.yaml"), ...valuesFiles] };
  release = await makeRelease(namespace, options);
  newer = await makeRelease(namespace, { ...options, helm: "helm4" });
  await release.destroy();
});
afterAll(() => release.destroy());

interface Claim {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly volumeName: string; readonly storageClassName: string };
}

async function claims(): Promise<readonly Claim[]> {
  const said = await release.kube.kubectl(["get", "pvc", "-o", "json"]);
  return (JSON.parse(said) as { items: Claim[] }).items;
}

describe("a release that can't come up", () => {
  test("helm 3 --atomic takes a failed install back, and leaves volumes and passwords", async () => {
    const install = release.install([...small, ...broken, "--atomic", "--timeout", "30s"]);
    await expect(install).rejects.toThrow(/has been uninstalled due to atomic being set/);
    expect(await release.kube.helm(["list", "--all", "--short"])).toBe("");
    await release.kube.kubectl(["wait", "--for=delete", "pods", "-l", "antdb.io/role", "--timeout=60s"]);
    expect(await claims()).toHaveLength(6);
    expect(await release.kube.kubectl(["get", "secrets", "-o", "name"])).toContain("antdb-credentials");
  });

  test("an install on what it left behind works", async () => {
    await newer.install(small);
    await release.startClient();
    expect(await insertRows(release.client, "orders")).toBe(rowCount);
  });

  test("a StatefulSet whose claims change is made anew as the README says: its pods, deleted, move their logs to another volume", async () => {
    await release.kube.kubectl(["delete", "statefulset", "antdb-dn", "--cascade=orphan"]);
    await newer.upgrade([...small, ...wal]);
    const link = ["exec", "antdb-dn-1", "-c", "antdb", "--", "readlink", "/var/lib/antdb/data/pg_wal"];
    for (const pod of ["antdb-dn-0", "antdb-dn-1"]) await release.kube.kubectl(["delete", "pod", pod]);
    await newer.upgrade([...small, ...wal]);
    expect((await release.kube.kubectl(link)).trim()).toBe("/var/lib/antdb-wal/pg_wal");
    expect(await release.sql(countRows)).toBe(String(rowCount));
  });

  test("helm 4 --rollback-on-failure takes a failed upgrade back; the pod says why, and no row is lost", async () => {
    const careful = ["--rollback-on-failure", "--timeout", "40s"];
    await expect(newer.upgrade([...small, ...wal, ...broken, ...careful])).rejects.toThrow(
      /StatefulSet\/e2e-rollback\/antdb-cn/,
    );
    const which = "involvedObject.name=antdb-cn-1,reason=Healed";
    const events = ["get", "events", "--field-selector", which, "-o", "jsonpath={.items[*].message}"];
    expect(await release.kube.kubectl(events)).toMatch(
      /its image can't be pulled.*Next: correct images\.antdb/,
    );
    const history = JSON.parse(await newer.kube.helm(["history", "antdb", "-o", "json"])) as object[];
    expect(history.at(-1)).toMatchObject({
      status: "deployed",
      description: expect.stringMatching(/^Rollback/) as string,
    });
    expect(await release.sql(countRows)).toBe(String(rowCount));
    expect(await newer.test()).toContain("read through cn_0, cn_1");
  });
});

/** The volumes of these claims, free for others: as a user keeps them who deletes the claims. */
async function setFree(owned: readonly Claim[]): Promise<void> {
  const { kube } = release;
  const volumes = owned.map(({ spec }) => spec.volumeName);
  for (const volume of volumes)
    await kube.kubectl(["patch", "pv", volume, "-p", '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}']);
  await newer.uninstall();
  await kube.kubectl(["wait", "--for=delete", "pods", "-l", "antdb.io/role", "--timeout=60s"]);
  await kube.kubectl(["delete", "pvc", "--all", "--wait"]);
  for (const volume of volumes)
    await kube.kubectl(["patch", "pv", volume, "-p", '{"spec":{"claimRef":null}}']);
}

describe("volumes that are there already", () => {
  test("are taken by ordinal, and every row is found", async () => {
    const owned = await claims();
    await setFree(owned);
    const given = owned.map(({ metadata, spec }) => {
      const [, claim = "", role = "", ordinal = ""] =
        /^(data|wal)-antdb-(\w+)-(\d+)$/.exec(metadata.name) ?? [];
      const key = `${role}.persistence.${claim === "wal" ? "wal." : ""}existingVolumes.${ordinal}`;
      const volume = { volumeName: spec.volumeName, storageClass: spec.storageClassName };
      return ["--set-json", `${key}=${JSON.stringify(volume)}`];
    });
    const values = [...small, ...wal, ...given.flat()];
    await newer.install([...values, "--no-hooks"]);
    await until("every claim is bound", async () => {
      const phases = await release.kube.kubectl(["get", "pvc", "-o", "jsonpath={.items[*].status.phase}"]);
      return /^(Bound ?){8}$/.test(phases) || undefined;
    });
    // The scheduler may overlook, for five minutes, that a claim was bound while it looked at the claim's pod.
    await release.kube.kubectl([
      "delete",
      "pods",
      "-l",
      "antdb.io/role",
      "--field-selector",
      "status.phase=Pending",
    ]);
    await newer.upgrade(values);
    const volumesOf = (all: readonly Claim[]): object =>
      Object.fromEntries(all.map(({ metadata, spec }) => [metadata.name, spec.volumeName]));
    expect(volumesOf(await claims())).toEqual(volumesOf(owned));
    expect(await release.sql(countRows)).toBe(String(rowCount));
    const disposable = '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}';
    for (const { spec } of owned)
      await release.kube.kubectl(["patch", "pv", spec.volumeName, "-p", disposable]);
  });
});
