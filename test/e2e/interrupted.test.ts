// Helm's verbs, interrupted: each time one consistent state comes of it, nothing acknowledged is missing, and the message says what to do.
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectWhole } from "../support/e2e/invariants.ts";
import { makeRelease, type Release, teardownBoundSeconds } from "../support/e2e/release.ts";
import { startWriter, type Writer } from "../support/e2e/writer.ts";
import { until } from "../support/until.ts";

let release: Release;
let writer: Writer;

const set = (...values: readonly string[]): string[] => values.flatMap((value) => ["--set", value]);
const sizes = (cn: number, dn: number): string[] =>
  set(`cn.replicas=${cn},dn.replicas=${dn}`, "exporters.node.enabled=false,exporters.postgres.enabled=false");
/** What can't come about is not waited for long. */
const soon = set("jobs.reconcile.activeDeadlineSeconds=30");

beforeAll(async () => {
  release = await makeRelease("e2e-interrupted");
  await release.destroy();
  await release.install(sizes(1, 2));
  await release.startClient();
  writer = await startWriter(release.client, { service: "antdb-rw" });
});
afterAll(() => release.destroy());

/** The pod of the reconcile Job that runs now. */
const reconcilePod = (): Promise<string> =>
  until("a reconcile pod runs", async () => {
    const running = [
      "-l",
      "app.kubernetes.io/component=reconcile",
      "--field-selector",
      "status.phase=Running",
    ];
    const names = await release.kube.kubectl(["get", "pods", ...running, "-o", "name"]);
    return names.split("\n").find((name) => name !== "");
  });

/** Waits for the n-th action of this pod's run; false when it came to its end before. */
async function reachesAction(pod: string, count: number): Promise<boolean> {
  let begun = 0;
  for await (const line of release.kube.follow(["logs", "-f", pod])) {
    if (line.includes('"event":"action-started"')) begun += 1;
    if (begun === count) return true;
  }
  return false;
}

const hostOf = async (pod: string): Promise<string> =>
  (await release.pods()).find(({ metadata }) => metadata.name === pod)?.spec.nodeName ?? "";

test("an upgrade whose new pair can have no volumes fails and says so; with room the same upgrade does it", async () => {
  const claims = (await release.kube.kubectl(["get", "pvc", "-o", "name"])).split("\n").length;
  await release.kube.kubectl(["create", "quota", "no-more", `--hard=persistentvolumeclaims=${claims}`]);
  await expect(
    writer.during("upgrade that fails", () => release.upgrade([...sizes(1, 3), ...soon])),
  ).rejects.toThrow(/antdb-d[ns]-2/);
  await release.kube.kubectl(["delete", "quota", "no-more"]);
  await writer.during("the same upgrade again", () => release.upgrade(sizes(1, 3)));
  await expectWhole(release, writer);
});

test("--atomic and a reconcile that refuses: helm rolls back, pods that were new are gone again", async () => {
  const bad = [...sizes(2, 4), ...set("cn.parameters.work_mem=plenty"), "--atomic"];
  await expect(writer.during("--atomic that is rolled back", () => release.upgrade(bad))).rejects.toThrow(
    /(?=.*cn\.parameters\.work_mem)(?=.*rolled back due to atomic)/s,
  );
  for (const pod of ["antdb-cn-1", "antdb-dn-3", "antdb-ds-3"])
    await release.kube.kubectl(["wait", "--for=delete", `pod/${pod}`, "--timeout=60s"]);
  await expectWhole(release, writer);
});

test("an upgrade while a datanode is away says which and why; when it is back the same upgrade does it", async () => {
  const pod = "antdb-dn-1";
  const host = await hostOf(pod);
  await release.kube.kubectl(["cordon", host]);
  try {
    await release.kube.kubectl(["delete", "pod", pod, "--wait"]);
    const patient = set("jobs.reconcile.activeDeadlineSeconds=45");
    // A new coordinator that finds the volume of a former one on that host has no place either, and may be the one that is named.
    await expect(release.upgrade([...sizes(2, 3), ...patient])).rejects.toThrow(
      /pod antdb-(dn|cn)-1: waiting for its agent to answer: not placed on any host/,
    );
  } finally {
    await release.kube.kubectl(["uncordon", host]);
  }
  await writer.during("the same upgrade again", () => release.upgrade(sizes(2, 3)));
  await expectWhole(release, writer);
});

test("two upgrades at once, and a pod that goes meanwhile: helm refuses the second, the first comes to its end", async () => {
  const first = writer.during("upgrade beside another", () => release.upgrade(sizes(3, 3)));
  await reconcilePod();
  await release.kube.kubectl(["delete", "pod", "antdb-ds-0", "--wait=false"]);
  await expect(release.upgrade(sizes(1, 3))).rejects.toThrow(/another operation .* is in progress/);
  await first;
  await expectWhole(release, writer);
});

test("the Job's pod killed at some action of a scale-up: the Job tries again and ends it", async () => {
  const seed = Number(process.env["ANTDB_TEST_SEED"] ?? Date.now() % 6);
  const upgrade = writer.during("scale-up, its pod killed", () => release.upgrade(sizes(3, 4)));
  const pod = await reconcilePod();
  const reached = await reachesAction(pod, 1 + (seed % 6));
  console.log(`ANTDB_TEST_SEED=${seed}: ${reached ? "killed" : "ended before it was to be killed"}`);
  if (reached) await release.kube.kubectl(["delete", pod, "--grace-period=0", "--force"]);
  await upgrade;
  await expectWhole(release, writer);
});

test("helm itself killed: the next upgrade is refused by helm, a rollback leads back", async () => {
  const killed = new AbortController();
  const upgrade = release.upgrade(sizes(4, 4), killed.signal).then(
    () => "ended",
    () => "killed",
  );
  await reachesAction(await reconcilePod(), 1);
  killed.abort();
  expect(await upgrade).toBe("killed");
  await expect(release.upgrade(sizes(4, 4))).rejects.toThrow(/another operation .* is in progress/);
  await writer.during("rollback after helm was killed", () => release.rollback());
  await release.kube.kubectl(["wait", "--for=delete", "pod/antdb-cn-3", "--timeout=60s"]);
  await expectWhole(release, writer);
});

test("uninstall while a hook runs keeps its bound and leaves nothing running; installed again every row is there", async () => {
  // It ends or fails, as fast as its Job was: neither may keep the uninstall from its own end.
  const upgrade = release.upgrade(sizes(4, 4)).catch(() => undefined);
  await reachesAction(await reconcilePod(), 1);
  expect(await release.uninstall()).toBeLessThan(teardownBoundSeconds);
  await upgrade;
  const selector = ["-l", "app.kubernetes.io/instance=antdb"];
  await release.kube.kubectl(["wait", "--for=delete", "pods", ...selector, "--timeout=60s"]);
  const kinds =
    "pods,deployments,replicasets,statefulsets,jobs,leases,services,configmaps,roles,serviceaccounts";
  expect(await release.kube.kubectl(["get", kinds, ...selector, "-o", "name"])).toBe("");
  await writer.during("installed again on its volumes", () => release.install(sizes(4, 4)));
  await expectWhole(release, writer);
});
