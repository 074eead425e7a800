// Other ways to the same cluster: helm 4, as a part of another chart, with a Secret of the user's own, and without helm hooks. Installs the chart's
// examples/minimal.yaml and examples/gitops.yaml.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chart, example, makeRelease, type Release, valuesFiles } from "../support/e2e/release.ts";
import { makeTenant, type Tenant } from "../support/e2e/tenant.ts";
import { until } from "../support/until.ts";
import { makeUmbrella, type Umbrella } from "../support/e2e/umbrella.ts";

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
    ...set("antdb.auth.", ...secret, "keys.database=db"),
    ...["--set", "global.storageClass=local-path"],
  ];

  beforeAll(async () => {
    tenant = await makeTenant("e2e-umbrella", "helm4");
    umbrella = await makeUmbrella(chart, [example("minimal.yaml"), ...valuesFiles]);
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

/** As whatever keeps a user's secrets would make it, in its own time. */
async function makeLogin({ kube }: Release): Promise<void> {
  const login = {
    username: "app",
    database: "app",
    password: "a-password-of-24-letters",
    "hooks-password": "another-one-of-24-letters",
    "monitor-password": "a-third-one-of-24-letters",
  };
  const literals = Object.entries(login).map(([key, value]) => `--from-literal=${key}=${value}`);
  await kube.kubectl(["create", "secret", "generic", "antdb-login", ...literals]);
}

describe("without helm hooks (hooks.mode=job)", () => {
  let tenant: Tenant;
  /** Installed by helm 3, upgraded by helm 4. */
  let release: Release;
  let newer: Release;
  const values = set("", "cn.replicas=1", "ds.replicas=0", "gcs.replicas=0");
  const jobs = "app.kubernetes.io/component in (reconcile,credentials)";

  beforeAll(async () => {
    tenant = await makeTenant("e2e-jobs", "helm");
    const options = { valuesFiles: [example("gitops.yaml"), ...valuesFiles] };
    release = await makeRelease("e2e-jobs", { ...options, kube: tenant.kube });
    newer = await makeRelease("e2e-jobs", { ...options, kube: tenant.otherHelm });
  });
  afterAll(() => tenant.destroy());

  test("pods wait for a Secret that comes after them (helm 3); the cluster is there when the Jobs are complete", async () => {
    const install = release.install(["--wait", "--wait-for-jobs", "--atomic", ...values]);
    await until("pods that wait for the Secret", async () => (await release.pods()).length > 0 || undefined);
    await makeLogin(release);
    await install;
    expect(await names(release, "jobs", jobs)).toEqual([
      expect.stringMatching(/^job\.batch\/antdb-credentials-[0-9a-f]{8}$/),
      expect.stringMatching(/^job\.batch\/antdb-reconcile-[0-9a-f]{8}$/),
    ]);
    expect(await release.test()).toContain("test: passed");
  });

  test("helm 4 goes on with it: a changed topology is a new Job and the old one goes; nothing is patched that can't be", async () => {
    // helm 4 passes on no values that are null, helm 3 does: the Job is made anew once, and finds nothing to do.
    await newer.upgrade([...careful, ...values]);
    const before = await names(release, "jobs", jobs);
    await newer.upgrade([...careful, ...values]);
    expect(await names(release, "jobs", jobs)).toEqual(before);
    await newer.upgrade([...careful, ...values, ...set("", "cn.replicas=2")]);
    const after = await names(release, "jobs", jobs);
    expect(after).toHaveLength(2);
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(await release.test()).toContain("read through cn_0, cn_1");
  });

  test("uninstall leaves what the notes say", async () => {
    await newer.uninstall();
    await release.kube.kubectl(["wait", "--for=delete", "pods", "-l", "antdb.io/role", "--timeout=60s"]);
    expect(await names(release, "pods,leases,jobs,services", "app.kubernetes.io/instance=antdb")).toEqual([
      "pod/antdb-test",
    ]);
    expect(await release.kube.kubectl(["get", "leases", "-o", "name"])).toContain("antdb-writer");
  });
});
