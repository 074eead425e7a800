// Nodes leave before their pods do, under a writer, and come back on their volumes; a datanode only when nothing lies on it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insertRows, rowCount, rowsPerDatanode } from "../../ci/demo/rows.ts";
import { makeRelease, type Release } from "../support/e2e/release.ts";
import { until } from "../support/until.ts";

let release: Release;
const sizes = (cn: number, dn: number): string[] => ["--set", `cn.replicas=${cn},dn.replicas=${dn}`];
const nodesOf = async (host?: string): Promise<string> =>
  (await release.sql("SELECT string_agg(node_name::text, ' ' ORDER BY 1) FROM pgxc_node", host)).trim();
const gone = (pod: string): Promise<string> =>
  release.kube.kubectl(["wait", "--for=delete", `pod/${pod}`, "--timeout=60s"]);
const antdb = (...args: string[]): Promise<string> =>
  release.kube.kubectl(["exec", "deploy/antdb-watcher", "--", "antdb", ...args]);

/** Writes rows one by one until it is told to stop; a statement that failed is no acknowledged row. */
function startWriter(): () => Promise<number> {
  let writing = true;
  let acknowledged = 0;
  const loop = (async () => {
    while (writing) {
      const said = await release.sql("INSERT INTO acks VALUES (1) RETURNING one").catch(() => "");
      if (said.trim() === "1") acknowledged += 1;
    }
  })();
  return async () => {
    writing = false;
    await loop;
    return acknowledged;
  };
}

beforeAll(async () => {
  release = await makeRelease("e2e-shrink");
  await release.destroy();
  await release.install(sizes(3, 3));
  await release.startClient();
  await insertRows(release.client, "orders");
  await release.sql("CREATE TABLE acks (one int)");
});
afterAll(() => release.destroy());

describe("coordinators", () => {
  test("one leaves under a writer: no acknowledged row is missing, no list has it", async () => {
    const stop = startWriter();
    await release.upgrade(sizes(2, 3));
    await gone("antdb-cn-2");
    const acknowledged = await stop();
    expect(acknowledged).toBeGreaterThan(0);
    expect(Number(await release.sql("SELECT count(*) FROM acks"))).toBeGreaterThanOrEqual(acknowledged);
    expect(await nodesOf()).toBe("cn_0 cn_1 dn_0 dn_1 dn_2 gc_0");
    expect(await antdb("status")).toContain("As the values ask: nothing to do.");
  });

  test("it comes back on its old volume, and serves", async () => {
    await release.upgrade(sizes(3, 3));
    expect(await nodesOf()).toBe("cn_0 cn_1 cn_2 dn_0 dn_1 dn_2 gc_0");
    const pod = (await release.pods()).find(({ metadata }) => metadata.name === "antdb-cn-2");
    expect(await release.sql("SELECT count(*) FROM orders", pod?.status.podIP)).toBe(String(rowCount));
  });
});

describe("datanodes", () => {
  test("one with rows is refused, helm changes nothing, the message names the tables and the way out", async () => {
    await expect(release.upgrade(sizes(3, 2))).rejects.toThrow();
    const said = await release.kube.kubectl(["logs", "job/antdb-guard"]);
    expect(said).toMatch(/guard: refused, nothing was changed: dn_2: .*app: public\.orders/);
    expect(said).toContain("deploy/antdb-watcher -- antdb drain dn_2");
    expect((await release.pods()).map(({ metadata }) => metadata.name)).toContain("antdb-dn-2");
    expect(await nodesOf()).toContain("dn_2");
  });

  test("drained it holds nothing, and every row is where it can be read", async () => {
    const said = await antdb("drain", "dn_2");
    expect(said).toMatch(/app: public\.orders: \d+ rows before and after/);
    const rows = await rowsPerDatanode(release.client, "orders");
    expect([...rows.keys()]).toEqual(["dn_0", "dn_1"]);
    expect([...rows.values()].reduce((sum, count) => sum + count, 0)).toBe(rowCount);
  });

  test("then its pair leaves, and the cluster takes rows and DDL without it", async () => {
    await release.upgrade(sizes(3, 2));
    await gone("antdb-dn-2");
    expect(await nodesOf()).toBe("cn_0 cn_1 cn_2 dn_0 dn_1 gc_0");
    expect(await insertRows(release.client, "afterwards")).toBe(rowCount);
    expect(await release.sql("SELECT count(*) FROM orders")).toBe(String(rowCount));
    await until("the watcher has nothing to do", async () =>
      (await antdb("status")).includes("As the values ask: nothing to do.") ? true : undefined,
    );
  });
});
