// A host is drained as an administrator does it, and budgets keep the partners. Installs the chart's examples/production.yaml.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { insertRows, rowCount } from "../../ci/demo/rows.ts";
import { example, makeRelease, type Pod, type Release, valuesFiles } from "../support/e2e/release.ts";
import { until } from "../support/until.ts";

const namespace = "e2e-drain";
/** Its own: kubectl drain looks at all namespaces. */
const name = "antdb-drain";
const selector = `app.kubernetes.io/instance=${name},antdb.io/role`;

let release: Release;
/** The drained host, and who was on it. */
let host = "";
let gone: readonly Pod[] = [];

const roleOf = (pod: Pod): string => pod.metadata.labels["antdb.io/role"] ?? "";

const uncordon = (): Promise<string> => release.kube.kubectl(["uncordon", host]);

beforeAll(async () => {
  release = await makeRelease(namespace, { name, valuesFiles: [example("production.yaml"), ...valuesFiles] });
  await release.destroy();
});
afterAll(async () => {
  if (host !== "") await uncordon();
  await release.destroy();
});

/** What the eviction API says to a pod's eviction: undefined when it lets the pod go. */
async function evictionRefusal(pod: string): Promise<string | undefined> {
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: pod, namespace } };
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`;
  return release.kube
    .kubectl(["create", "--raw", path, "-f", "-"], JSON.stringify(eviction))
    .then(() => undefined)
    .catch((error: unknown) => String(error));
}

/** The addresses that the client Service leads to. */
async function endpoints(): Promise<readonly string[]> {
  const said = await release.kube.kubectl([
    ...["get", "endpointslices", "-l", `kubernetes.io/service-name=${name}-rw`, "-o", "json"],
  ]);
  const { items } = JSON.parse(said) as {
    items: { endpoints: { addresses: string[]; conditions: { ready?: boolean } }[] | null }[];
  };
  return items
    .flatMap((slice) => slice.endpoints ?? [])
    .filter(({ conditions }) => conditions.ready === true)
    .flatMap(({ addresses }) => addresses)
    .toSorted();
}

describe("on three hosts, by the production example", () => {
  test("it is installed, and takes rows", async () => {
    // The tests' hosts share one machine's memory.
    const seconds = await release.install(["--set", "dn.parameters.shared_buffers=128MB"]);
    console.log(`helm install of 12 pods on new volumes: ${seconds.toFixed(1)} s`);
    await release.startClient();
    expect(await insertRows(release.client, "orders")).toBe(rowCount);
  });

  test("no two of a group share a host", async () => {
    const places = (await release.pods()).map((pod) => {
      const role = roleOf(pod);
      const ordinal = pod.metadata.name.split("-").at(-1) ?? "";
      const group = role === "dn" || role === "ds" ? `pair ${ordinal}` : role === "gcs" ? "gc" : role;
      return `${group} on ${pod.spec.nodeName}`;
    });
    expect(places).toHaveLength(12);
    expect(new Set(places).size).toBe(12);
  });

  test("kubectl drain takes one host's pods, one of each group", async () => {
    const pods = await release.pods();
    const sparing = pods
      .filter((pod) => ["gc", "mgr"].includes(roleOf(pod)))
      .map(({ spec }) => spec.nodeName);
    host = pods.map(({ spec }) => spec.nodeName).find((one) => !sparing.includes(one)) ?? "";
    gone = pods.filter(({ spec }) => spec.nodeName === host);
    expect(gone.map(roleOf)).toContain("cn");
    await release.kube.kubectl([
      ...["drain", host, `--pod-selector=${selector}`, "--ignore-daemonsets", "--delete-emptydir-data"],
      "--timeout=60s",
    ]);
    const left = (await release.pods()).filter(({ spec }) => spec.nodeName === host);
    expect(left.map(({ metadata }) => metadata.name)).toEqual([]);
  });

  test("meanwhile nobody may take their partners", async () => {
    const names = gone.map(({ metadata }) => metadata.name);
    const partners = names
      .filter((pod) => /-(dn|ds)-/.test(pod))
      .map((pod) => pod.replace(/-(dn|ds)-/, (_, role) => (role === "dn" ? "-ds-" : "-dn-")));
    const coordinators = (await release.pods())
      .map(({ metadata }) => metadata.name)
      .filter((pod) => pod.includes("-cn-") && !names.includes(pod));
    expect(partners.length).toBeGreaterThan(0);
    for (const pod of [...partners, ...coordinators])
      expect([pod, await evictionRefusal(pod)]).toEqual([pod, expect.stringContaining("disruption budget")]);
  });

  test("coordinators that are left stay endpoints and answer, though datanodes are down", async () => {
    expect(gone.some((pod) => /^d/.test(roleOf(pod)))).toBe(true);
    const left = (await release.pods()).filter(
      (pod) => roleOf(pod) === "cn" && pod.status.podIP !== undefined,
    );
    const addresses = left.map(({ status }) => status.podIP ?? "").toSorted();
    expect(addresses).toHaveLength(2);
    // Longer than the watcher and the probes need to change their mind.
    const endMs = performance.now() + 8000;
    while (performance.now() < endMs) {
      expect(await endpoints()).toEqual(addresses);
      for (const address of addresses) expect(await release.sql("SELECT 1", address)).toBe("1");
    }
  });

  test("the host comes back, and so does every pod, with every row", async () => {
    await uncordon();
    await until("every pod is in its place", async () => {
      const states = (await release.pods()).map(({ metadata }) => metadata.labels["antdb.io/state"]);
      return states.filter((state) => state !== undefined && state !== "out").length === 11 || undefined;
    });
    host = "";
    expect(await release.test()).toContain("read through cn_0, cn_1, cn_2");
    expect(await release.sql("SELECT count(*) FROM orders")).toBe(String(rowCount));
  });
});
