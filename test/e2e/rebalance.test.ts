// More datanodes, and old tables come to them: by a Job that the values ask for, and by hand.
import { afterAll, beforeAll, expect, test } from "vitest";
import { insertRows, rowCount, rowsPerDatanode } from "../../ci/demo/rows.ts";
import { makeRelease, type Release } from "../support/e2e/release.ts";
import { until } from "../support/until.ts";

let release: Release;
const small = ["--set", "cn.replicas=1,gcs.replicas=0"];
const grown = (more: string): readonly string[] => [...small, "--set", more];

beforeAll(async () => {
  release = await makeRelease("e2e-rebalance");
  await release.destroy();
});
afterAll(() => release.destroy());

const antdb = (...args: readonly string[]): Promise<string> =>
  release.kube.kubectl(["exec", "deploy/antdb-watcher", "--", "antdb", ...args]);

/** What the Job's pod wrote once it has succeeded. */
async function jobLog(): Promise<string> {
  const selector = "app.kubernetes.io/component=rebalance";
  await until("the rebalance Job is complete", async () => {
    const jobs = ["get", "jobs", "-l", selector, "-o", "jsonpath={.items[*].status.succeeded}"];
    return (await release.kube.kubectl(jobs)) === "1" ? true : undefined;
  });
  return release.kube.kubectl(["logs", "-l", selector, "--tail=-1"]);
}

test("2 pairs become 3: the Job waits for the third, then old tables lie on all, with every row", async () => {
  await release.install(small);
  await release.startClient();
  await insertRows(release.client, "orders");
  await release.sql("CREATE TABLE lines (id int PRIMARY KEY, v text)");
  await release.sql("INSERT INTO lines SELECT g, 'x' FROM generate_series(1, 3000) g");
  await release.upgrade(grown("dn.replicas=3,rebalance.mode=tables"));
  const log = await jobLog();
  expect(log).toMatch(/: public\.orders: \d+ rows before and after/);
  expect(log).toMatch(/rebalance: done, 2 tables moved/);
  for (const [table, count] of [
    ["orders", rowCount],
    ["lines", 3000],
  ] as const) {
    const rows = await rowsPerDatanode(release.client, table);
    expect([...rows.keys()].toSorted()).toEqual(["dn_0", "dn_1", "dn_2"]);
    expect([...rows.values()].reduce((sum, each) => sum + each, 0)).toBe(count);
    for (const each of rows.values()) expect(each).toBeGreaterThan(count / 6);
  }
  expect(await antdb("status")).not.toContain("antdb rebalance");
  expect(await antdb("rebalance", "-o", "json")).toContain('"moved": 0');
});
