// Other ways to the same cluster: helm 4, as a part of another chart, with a Secret of the user's own, and without helm hooks.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chart, makeRelease, type Release, valuesFiles } from "../support/e2e/release.ts";
import { makeTenant, type Tenant } from "../support/e2e/tenant.ts";
import { makeUmbrella, type Umbrella } from "../support/e2e/umbrella.ts";

/** As few pods as make a cluster of two datanodes. */
const few = ["cn.replicas=1", "ds.replicas=0", "gcs.replicas=0"];
const set = (prefix: string, ...values: readonly string[]): string[] =>
  values.flatMap((value) => ["--set", `${prefix}${value}`]);
const careful = ["--wait", "--wait-for-jobs", "--rollback-on-failure"];

const names = async ({ kube }: Release, kind: string, selector: string): Promise<readonly string[]> =>
  (await kube.kubectl(["get", kind, "-l", selector, "-o", "name"])).split("\n").filter((line) => line !== "");

describe("helm 4, as a part of another chart, with a Secret of the user's own", () => {
  let tenant: Tenant;
  let umbrella: Umbrella;
  let release: Release;
  const secret = [
    "existingSecret=login",
    "keys.hooksPassword=admin-pw",
    "keys.username=user",
    "keys.password=pw",
    "keys.monitorPassword=mon",
  ];
  const values = [
    ...set("antdb.", ...few),
    ...set("antdb.auth.", ...secret, "keys.database=db"),
    ...["--set", "global.storageClass=local-path"],
  ];

  beforeAll(async () => {
    tenant = await makeTenant("e2e-umbrella", "helm4");
    umbrella = await makeUmbrella(chart, valuesFiles);
    release = await makeRelease("e2e-umbrella", { kube: tenant.kube, name: "shop", ...umbrella });
    const login = {
      "admin-pw": "a-password-of-24-letters",
      user: "shop",
      pw: "another-one-of-24-letters",
      mon: "a-third-one-of-24-letters",
      db: "orders",
    };
    const literals = Object.entries(login).map(([key, value]) => `--from-literal=${key}=${value}`);
    await release.kube.kubectl(["create", "secret", "generic", "login", ...literals]);
  });
  afterAll(async () => {
    await umbrella[Symbol.asyncDispose]();
    await tenant.destroy();
  });

  test("install waits for every pod and does not deadlock; clients are served", async () => {
    // As Flux does it.
    await release.upgrade(["--install", ...careful, ...values]);
    expect(await release.test()).toContain("test: passed: 64 rows written through Service shop-antdb-rw");
  });

  test("an upgrade that changes nothing passes, and one that adds a coordinator", async () => {
    await release.upgrade([...careful, ...values]);
    await release.upgrade([...careful, ...values, ...set("antdb.", "cn.replicas=2")]);
    expect(await release.test()).toContain("read through cn_0, cn_1");
  });

  test("uninstall leaves the user's Secret, and no pod", async () => {
    await release.uninstall();
    const selector = "app.kubernetes.io/instance=shop";
    await release.kube.kubectl(["wait", "--for=delete", "pods", "-l", selector, "--timeout=60s"]);
    expect(await names(release, "pods,jobs,leases,serviceaccounts", selector)).toEqual([]);
    expect(await release.kube.kubectl(["get", "secret", "login", "-o", "name"])).toContain("login");
  });
});

describe("without helm hooks (hooks.mode=job)", () => {
  let tenant: Tenant;
  let release: Release;
  const values = set("", ...few, "hooks.mode=job");
  const jobs = "app.kubernetes.io/component in (reconcile,credentials)";

  beforeAll(async () => {
    tenant = await makeTenant("e2e-jobs", "helm4");
    release = await makeRelease("e2e-jobs", { kube: tenant.kube });
  });
  afterAll(() => tenant.destroy());

  test("pods wait for the Secret that a Job makes beside them; the cluster is there when the Jobs are complete", async () => {
    await release.install([...careful, ...values]);
    expect(await names(release, "jobs", jobs)).toEqual([
      expect.stringMatching(/^job\.batch\/antdb-credentials-[0-9a-f]{8}$/),
      expect.stringMatching(/^job\.batch\/antdb-reconcile-[0-9a-f]{8}$/),
    ]);
    expect(await release.test()).toContain("test: passed");
  });

  test("a changed topology is a new Job and the old one goes; nothing is patched that can't be", async () => {
    const before = await names(release, "jobs", jobs);
    await release.upgrade([...careful, ...values]);
    expect(await names(release, "jobs", jobs)).toEqual(before);
    await release.upgrade([...careful, ...values, ...set("", "cn.replicas=2")]);
    const after = await names(release, "jobs", jobs);
    expect(after).toHaveLength(2);
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(await release.test()).toContain("read through cn_0, cn_1");
  });

  test("uninstall leaves what the notes say", async () => {
    await release.uninstall();
    await release.kube.kubectl(["wait", "--for=delete", "pods", "-l", "antdb.io/role", "--timeout=60s"]);
    expect(await names(release, "pods,leases,jobs,services", "app.kubernetes.io/instance=antdb")).toEqual([
      "pod/antdb-test",
    ]);
    expect(await release.kube.kubectl(["get", "leases", "-o", "name"])).toContain("antdb-writer");
  });
});
