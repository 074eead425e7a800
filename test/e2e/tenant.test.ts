// A user with one namespace that enforces restricted Pod Security, from an install that fails half way to the uninstall; helm test on the way.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insertRows } from "../../ci/demo/rows.ts";
import { makeRelease, type Release } from "../support/e2e/release.ts";
import { makeTenant, type Tenant } from "../support/e2e/tenant.ts";

let tenant: Tenant;
let release: Release;

beforeAll(async () => {
  tenant = await makeTenant("e2e-tenant", "helm");
  release = await makeRelease("e2e-tenant", { kube: tenant.kube });
});
afterAll(() => tenant.destroy());

const isGone = (pod: string): Promise<string> =>
  release.kube.kubectl(["wait", "--for=delete", `pod/${pod}`, "--timeout=60s"]);

describe("a user of one namespace, with helm 3", () => {
  test("can do nothing outside it", async () => {
    await expect(release.kube.kubectl(["get", "nodes"])).rejects.toThrow(/forbidden/);
    await expect(release.kube.kubectl(["get", "pods", "-n", "kube-system"])).rejects.toThrow(/forbidden/);
  });

  test("an install that fails half way is put right by a plain upgrade", async () => {
    const broken = ["cn.image.tag=absent", "jobs.reconcile.activeDeadlineSeconds=30"];
    await expect(release.install(broken.flatMap((value) => ["--set", value]))).rejects.toThrow(
      /failed post-install/,
    );
    await release.upgrade();
    await release.startClient();
    expect(await insertRows(release.client, "orders")).toBe(10_000);
  });

  test("helm test passes, and removes what a test that was killed has left", async () => {
    await release.sql("CREATE SCHEMA antdb_helm_test; CREATE TABLE antdb_helm_test.probe (id integer)");
    const said = await release.test();
    expect(said).toMatch(
      /test: passed: 64 rows written through Service antdb-rw \(dn_0 \d+, dn_1 \d+\), read through cn_0, cn_1; a wrong password is refused/,
    );
    expect(await release.sql("SELECT nspname FROM pg_namespace WHERE nspname LIKE '%helm%'")).toBe("");
    expect(await release.sql("SELECT relname FROM pg_class WHERE relname LIKE 'probe%'")).toBe("");
  });

  test("helm test leaves a schema of its name alone that holds something else", async () => {
    await release.sql("CREATE SCHEMA antdb_helm_test; CREATE TABLE antdb_helm_test.mine (id integer)");
    await release.sql("INSERT INTO antdb_helm_test.mine VALUES (1)");
    await expect(release.test()).rejects.toThrow(/holds objects that the test did not make/);
    expect(await release.sql("SELECT count(*) FROM antdb_helm_test.mine")).toBe("1");
    await release.sql("DROP TABLE antdb_helm_test.mine; DROP SCHEMA antdb_helm_test");
  });

  test("helm test fails when a datanode is down, and says which and what to type", async () => {
    await release.kube.kubectl(["scale", "statefulset/antdb-dn", "--replicas=1"]);
    await isGone("antdb-dn-1");
    await expect(release.test()).rejects.toThrow(
      /test: failed: dn_1: pod antdb-dn-1 does not exist; clients are not served: .* Next: kubectl -n e2e-tenant get statefulset,pod,pvc/,
    );
  });

  test("an upgrade brings it back, and helm test passes again", async () => {
    await release.upgrade();
    expect(await release.test()).toContain("test: passed");
    expect(await release.sql("SELECT count(*) FROM orders")).toBe("10000");
  });

  test("uninstall leaves no pod and no Job, the test's neither", async () => {
    await release.uninstall();
    const selector = ["-l", "app.kubernetes.io/instance=antdb"];
    await release.kube.kubectl(["wait", "--for=delete", "pods", ...selector, "--timeout=60s"]);
    const kinds = "pods,jobs,statefulsets,deployments,leases,serviceaccounts,roles,rolebindings";
    expect(await release.kube.kubectl(["get", kinds, ...selector, "-o", "name"])).toBe("");
  });
});
