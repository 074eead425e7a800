// mgr's volume goes: the watcher gives the manager its catalog back, no node is touched, and everything that needs a manager works again.
import { afterAll, beforeAll, expect, test } from "vitest";
import { runProgram } from "../support/e2e/program.ts";
import { makeRelease, type Release } from "../support/e2e/release.ts";
import { until } from "../support/until.ts";

let release: Release;

beforeAll(async () => {
  release = await makeRelease("e2e-manager-lost");
  await release.destroy();
  await release.install(["--set", "dn.replicas=1"]);
  await release.startClient();
  await release.sql("CREATE TABLE orders (id int PRIMARY KEY) DISTRIBUTE BY HASH (id)");
}, 300_000);
afterAll(() => release.destroy());

interface Status {
  readonly manager: string;
  readonly nodes: readonly { readonly node: string; readonly state: string }[];
  readonly drift: readonly string[];
}

/** What `antdb status` in the watcher's own pod says; undefined while it cannot be asked. */
async function status(): Promise<Status | undefined> {
  const command = ["exec", "deploy/antdb-watcher", "--", "antdb", "status", "-o", "json"];
  const printed = await release.kube.kubectl(command).catch(() => undefined);
  return printed === undefined ? undefined : (JSON.parse(printed) as Status);
}

/** Every node a member, and nothing to do. */
const whole = (): Promise<Status> =>
  until("the cluster is whole", async () => {
    const seen = await status();
    const out = seen?.nodes.some(({ state }) => state === "not in the cluster");
    return seen?.drift.length === 0 && out === false ? seen : undefined;
  });

const nodePods = ["gc-0", "gcs-0", "cn-0", "cn-1", "dn-0", "ds-0"];
const ports: Readonly<Record<string, string>> = { gc: "6655", cn: "5432", dn: "5433" };

/** When each postgres started: a restart is another moment. */
async function startTimes(): Promise<Readonly<Record<string, string>>> {
  const times = nodePods.map(async (pod) => {
    const port = ports[pod.startsWith("gc") ? "gc" : pod.startsWith("cn") ? "cn" : "dn"] ?? "";
    const psql = ["psql", "-X", "-A", "-t", "-h", "127.0.0.1", "-p", port, "-U", "antdb", "-d", "template1"];
    const ask = ["-c", "SELECT pg_postmaster_start_time()"];
    const said = await release.kube.kubectl(["exec", `antdb-${pod}`, "-c", "antdb", "--", ...psql, ...ask]);
    return [pod, said] as const;
  });
  return Object.fromEntries(await Promise.all(times));
}

/** A client that writes one row after the other, until it is stopped; tells how many were taken, and every error. */
function startWriter(): { stop(): Promise<{ rows: number; errors: readonly string[] }> } {
  const errors: string[] = [];
  const writing = { on: true };
  let rows = 0;
  const run = async (): Promise<void> => {
    while (writing.on)
      try {
        await release.sql(`SET statement_timeout = '5s'; INSERT INTO orders VALUES (${rows + 1})`);
        rows += 1;
      } catch (error) {
        errors.push(String(error));
        return;
      }
  };
  const ended = run();
  return {
    stop: async () => {
      writing.on = false;
      await ended;
      return { rows, errors };
    },
  };
}

const keptCatalog = async (): Promise<{ nodes: readonly { name: string; inCluster: boolean }[] }> => {
  const asked = ["get", "secret", "antdb-manager-catalog", "-o", "jsonpath={.data.catalog\\.json}"];
  const text = Buffer.from(await release.kube.kubectl(asked), "base64").toString("utf8");
  return JSON.parse(text) as { nodes: readonly { name: string; inCluster: boolean }[] };
};

test("the catalog is kept", async () => {
  await whole();
  const kept = await until("a copy in the Secret", () => keptCatalog().catch(() => undefined));
  expect(kept.nodes.filter(({ inCluster }) => inCluster).map(({ name }) => name)).toEqual([
    "cn_0",
    "cn_1",
    "dn_0",
    "ds_0",
    "gc_0",
    "gcs_0",
  ]);
});

test("mgr's volume and pod deleted: the catalog is rebuilt, nothing restarts, no write fails", async () => {
  const before = await startTimes();
  const writer = startWriter();
  const claims = ["get", "pvc", "-l", "app.kubernetes.io/component=mgr", "-o", "name"];
  const claim = (await release.kube.kubectl(claims)).trim();
  const uid = (): Promise<string> =>
    release.kube.kubectl(["get", claim, "-o", "jsonpath={.metadata.uid}"]).catch(() => "");
  const old = await uid();
  const startedMs = performance.now();
  await release.kube.kubectl(["delete", claim, "pod/antdb-mgr-0", "--wait=false"]);
  await until("mgr has a new volume", async () => {
    const now = await uid();
    return now !== "" && now !== old ? true : undefined;
  });
  await until("the watcher tells of it", async () => {
    const events = await release.kube.kubectl(["get", "events", "-o", "jsonpath={.items[*].message}"]);
    return events.includes("the manager's catalog was rebuilt: 6 nodes adopted, none touched")
      ? true
      : undefined;
  });
  await whole();
  console.log(
    `mgr's volume deleted, until the cluster was whole: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`,
  );
  expect((await writer.stop()).errors).toEqual([]);
  expect(await startTimes()).toEqual(before);
});

test("reconcile has nothing to do", async () => {
  expect(await runProgram(release.kube, release.name, ["reconcile"])).toContain("reconcile: nothing to do");
});

test("a pod that goes is healed as ever", async () => {
  await release.kube.kubectl(["delete", "pod", "antdb-dn-0", "--wait=true"]);
  await whole();
  const rows = Number(await release.sql("SELECT count(*) FROM orders"));
  await release.sql(`INSERT INTO orders VALUES (${rows + 1})`);
});

test("a coordinator can be added", async () => {
  await release.upgrade(["--set", "dn.replicas=1,cn.replicas=3"]);
  const seen = await whole();
  expect(seen.nodes.find(({ node }) => node === "cn_2")?.state).toBe("coordinator");
  const address = (await release.pods()).find(({ metadata }) => metadata.name === "antdb-cn-2")?.status.podIP;
  expect(Number(await release.sql("SELECT count(*) FROM orders", address))).toBeGreaterThan(0);
});
