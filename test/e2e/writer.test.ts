// A client writes all the time: the cluster grows, pods go and the watcher brings them back, it shrinks and is rolled back. After each step nothing
// acknowledged is missing and every node agrees with the live pods.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insertRows, rowCount, rowsPerDatanode } from "../../ci/demo/rows.ts";
import { expectWhole, settled } from "../support/e2e/invariants.ts";
import { type Pod, makeRelease, type Release } from "../support/e2e/release.ts";
import { startWriter, type Writer } from "../support/e2e/writer.ts";
import { until } from "../support/until.ts";

let release: Release;
let writer: Writer;

/** So many nodes, and nothing beside them that this suite does not look at. */
const sizes = (cn: number, dn: number): readonly string[] => [
  ...["--set", `cn.replicas=${cn},dn.replicas=${dn}`],
  ...["--set", "exporters.node.enabled=false,exporters.postgres.enabled=false"],
];

beforeAll(async () => {
  release = await makeRelease("e2e-writer");
  await release.destroy();
  await release.install(sizes(1, 2));
  await release.startClient();
  writer = await startWriter(release.client, { service: "antdb-rw", "cn-0": "antdb-cn-0.antdb-cn" });
});
afterAll(() => release.destroy());

const podsByName = async (): Promise<ReadonlyMap<string, Pod>> =>
  new Map((await release.pods()).map((pod) => [pod.metadata.name, pod]));
const stateOf = (pod: Pod | undefined): string | undefined => pod?.metadata.labels["antdb.io/state"];

/** Deletes pods, and waits until every one is there anew and nothing is left to do. */
async function replace(names: readonly string[]): Promise<void> {
  const before = await podsByName();
  await release.kube.kubectl(["delete", "pod", ...names, "--wait=false"]);
  await until(`${names.join(", ")} are new pods`, async () => {
    const now = await podsByName();
    const isNew = (name: string): boolean => {
      const uid = now.get(name)?.metadata.uid;
      return uid !== undefined && uid !== before.get(name)?.metadata.uid;
    };
    return names.every(isNew) ? true : undefined;
  });
  await settled(release);
}

const coordinators = async (): Promise<readonly Pod[]> =>
  (await release.pods()).filter(({ metadata }) => metadata.labels["antdb.io/role"] === "cn");

describe("a cluster that grows", () => {
  test("from 2 to 4 pairs: new tables lie on all of them", async () => {
    await writer.during("2 to 4 pairs", () => release.upgrade(sizes(1, 4)));
    await expectWhole(release, writer);
    await insertRows(release.client, "spread");
    const rows = await rowsPerDatanode(release.client, "spread");
    expect([...rows.keys()]).toEqual(["dn_0", "dn_1", "dn_2", "dn_3"]);
    for (const count of rows.values()) expect(count).toBeGreaterThan(rowCount / 8);
  });

  test("from 1 to 3 coordinators: each of them reads all", async () => {
    await writer.during("1 to 3 coordinators", () => release.upgrade(sizes(3, 4)));
    await expectWhole(release, writer);
    const members = await coordinators();
    expect(members.map(stateOf)).toEqual(["coordinator", "coordinator", "coordinator"]);
    for (const { status } of members)
      expect(await release.sql("SELECT count(*) FROM spread", status.podIP)).toBe(String(rowCount));
  });
});

describe("pods that go, and nobody types anything", () => {
  test.each(["cn", "ds", "dn", "gcs", "gc", "mgr"])(
    "%s-0 deleted: the watcher brings it back",
    async (role) => {
      await writer.during(`${role}-0 deleted`, () => replace([`antdb-${role}-0`]));
      await expectWhole(release, writer);
    },
  );

  test("all pods deleted at once: every row is there", async () => {
    const names = [...(await podsByName()).keys()];
    await writer.during("all pods deleted", () => replace(names));
    await expectWhole(release, writer);
  });

  test("a new pod has no state before its node is in the cluster", async () => {
    const name = "antdb-cn-1";
    const uid = (await podsByName()).get(name)?.metadata.uid;
    await release.kube.kubectl(["delete", "pod", name, "--wait=false"]);
    let without = 0;
    await until("the new pod has its state", async () => {
      const pod = (await podsByName()).get(name);
      if (pod === undefined || pod.metadata.uid === uid) return undefined;
      if (stateOf(pod) === "coordinator") return true;
      without += 1;
      return undefined;
    });
    expect(without).toBeGreaterThan(0);
  });

  test("a row somebody made by hand, to read on a standby, follows that standby's pod", async () => {
    const onSecondCoordinator = (statement: string): Promise<string> =>
      release.kube.kubectl([
        ...["exec", "antdb-cn-1", "-c", "antdb", "--", "psql", "-X", "-A", "-t", "-q"],
        ...["-h", "127.0.0.1", "-U", "antdb", "-d", "postgres", "-c", statement],
      ]);
    const addressOf = async (): Promise<string> => (await podsByName()).get("antdb-ds-0")?.status.podIP ?? "";
    const before = await addressOf();
    await onSecondCoordinator(
      `CREATE NODE ds_0 FOR dn_0 WITH (TYPE='datanode slave', HOST='${before}', PORT=5433)`,
    );
    await replace(["antdb-ds-0"]);
    const after = await addressOf();
    expect(after).not.toBe(before);
    const row = "SELECT node_host FROM pgxc_node WHERE node_name = 'ds_0'";
    expect(await onSecondCoordinator(row)).toBe(after);
    await onSecondCoordinator("DROP NODE ds_0");
  });

  test("what the watcher did is among the pods' events", async () => {
    const events = await release.kube.kubectl([
      "get",
      "events",
      "--field-selector",
      "reason=Healed",
      "-o",
      "name",
    ]);
    expect(events.split("\n").length).toBeGreaterThanOrEqual(5);
  });
});

describe("a cluster that shrinks, and helm rollback", () => {
  const revision = async (): Promise<number> => {
    const said = await release.kube.helm(["history", release.name, "-o", "json"]);
    return (JSON.parse(said) as { revision: number }[]).at(-1)?.revision ?? 0;
  };

  test("3 to 2 coordinators: the third has left before its pod goes", async () => {
    await writer.during("3 to 2 coordinators", () => release.upgrade(sizes(2, 4)));
    await release.kube.kubectl(["wait", "--for=delete", "pod/antdb-cn-2", "--timeout=60s"]);
    await expectWhole(release, writer);
  });

  test("rollback: it comes back on the volume it left", async () => {
    await writer.during("helm rollback to 3 coordinators", () => release.rollback());
    await expectWhole(release, writer);
    expect((await coordinators()).map(stateOf)).toEqual(["coordinator", "coordinator", "coordinator"]);
  });

  test("rollback to two pairs is refused with what lies on the others, and nothing has changed", async () => {
    const before = await revision();
    await expect(
      writer.during("helm rollback to 2 pairs, refused", () => release.rollback(1)),
    ).rejects.toThrow(/guard: refused, nothing was changed: dn_[23]: .*spread/);
    expect([...(await podsByName()).keys()].filter((name) => /-d[ns]-[23]$/.test(name))).toHaveLength(4);
    await expectWhole(release, writer);
    expect(await release.sql("SELECT count(*) FROM spread")).toBe(String(rowCount));
    expect(await revision()).toBe(before + 1);
  });
});
