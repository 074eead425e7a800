import { describe, expect, it } from "vitest";
import { render, type Rendering } from "./support/helm.ts";
import { type Manifest, podTemplates } from "./support/manifest.ts";
import {
  allowed,
  allPairs,
  componentOf,
  type Connection,
  type End,
  outside,
  podIn,
  releasePods,
  titleOfConnection,
} from "./support/network.ts";

const sql: Readonly<Record<string, number>> = { gc: 6655, gcs: 6655, cn: 5432, dn: 5433, ds: 5433 };
const program = ["guard", "rebalance", "reconcile", "teardown", "watcher"];
/** Every port that something listens on, ports at random, and the first and the last there are. */
const ports = [1, 5432, 5433, 6432, 6655, 8431, 8432, 8433, 9090, 9100, 9187, 32768, 40123, 60999, 65535];
const stranger = podIn("antdb", "stranger");
const foreigner = podIn("orders", "shop");
const prometheus = podIn("monitoring", "prometheus", { app: "prometheus" });
const client = outside("203.0.113.9");
const others = [stranger, foreigner, prometheus, client];

const isNode = (end: End): boolean => componentOf(end) in sql;

/** Who of the release reaches whom: the whole list. Nothing else may get through, and nothing of it may be refused. */
const release = ({ from, to, port }: Connection): boolean => {
  const [source, target] = [componentOf(from), componentOf(to)];
  if (isNode(from) && isNode(to)) return port !== 8432;
  if (source === "mgr" && isNode(to)) return port === sql[target] || port === 8432;
  if (program.includes(source)) return port === (target === "mgr" ? 6432 : sql[target]);
  return source === "test" && port === sql[target];
};

/** With `clients` and `metrics`: who of those outside the release comes in. */
const matrix =
  (clients: readonly End[], metrics: readonly End[] = []) =>
  (one: Connection): boolean => {
    if (release(one)) return true;
    const target = componentOf(one.to);
    if (target === "cn" && one.port === 5432 && clients.includes(one.from)) return true;
    if (!metrics.includes(one.from)) return false;
    return target === "watcher"
      ? one.port === 9090
      : target in { ...sql, mgr: 1 } && [9100, 9187].includes(one.port);
  };

/** All that the policies let into the release's pods, as titles; and what should be. */
const compare = async (
  rendering: Rendering,
  expected: (one: Connection) => boolean,
): Promise<{ found: string[]; wanted: string[] }> => {
  const manifests = await render(rendering);
  const pods = releasePods(manifests);
  const asked = allPairs([...pods, ...others], pods, ports);
  const found = (await allowed(manifests, asked)).map(titleOfConnection);
  return { found, wanted: asked.filter(expected).map(titleOfConnection) };
};

const same = (which: readonly End[]): readonly End[] => which;
/** Default clients are the namespace's own pods, and so those of the release itself. */
const inNamespace = (manifests: readonly Manifest[]): readonly End[] => [stranger, ...releasePods(manifests)];

describe("who reaches the pods of a release", () => {
  it("with the defaults: clients of the namespace come to the coordinators, and nobody else to anything", async () => {
    const manifests = await render();
    const inside = new Set(inNamespace(manifests).map(({ name }) => name));
    const own = matrix([]);
    const { found, wanted } = await compare({}, (one) => {
      const isClient = inside.has(one.from.name) && componentOf(one.to) === "cn" && one.port === 5432;
      return own(one) || isClient;
    });
    expect(found).toEqual(wanted);
    expect(found.length).toBeGreaterThan(300);
    expect(found.filter((title) => title.startsWith("antdb/stranger"))).toEqual([
      "antdb/stranger -> antdb/cn:5432",
    ]);
  });

  it.each<[string, object, readonly End[], readonly End[]]>([
    ["nobody at all", { clients: { sameNamespace: null } }, [], []],
    [
      "another namespace",
      {
        clients: { sameNamespace: null, orders: { namespaceSelector: { matchLabels: { team: "orders" } } } },
      },
      same([foreigner]),
      [],
    ],
    [
      "addresses outside",
      { clients: { sameNamespace: null, office: { ipBlock: { cidr: "203.0.113.0/24" } } } },
      same([client]),
      [],
    ],
    [
      "addresses outside but some",
      {
        clients: {
          sameNamespace: null,
          office: { ipBlock: { cidr: "203.0.113.0/24", except: ["203.0.113.0/28"] } },
        },
      },
      [],
      [],
    ],
    [
      "who reads the metrics",
      {
        clients: { sameNamespace: null },
        metrics: { p: { namespaceSelector: {}, podSelector: { matchLabels: { app: "prometheus" } } } },
      },
      [],
      same([prometheus]),
    ],
  ])("by values: %s", async (_, networkPolicy, clients, metrics) => {
    const { found, wanted } = await compare({ values: { networkPolicy } }, matrix(clients, metrics));
    expect(found).toEqual(wanted);
  });

  it("a release beside another one is a stranger to it", async () => {
    const one = await render();
    const other = (await render({ release: "orders" })).filter(({ kind }) => kind !== "NetworkPolicy");
    const asked = allPairs(releasePods(other), releasePods(one), ports);
    const found = (await allowed(one, asked)).map(({ to, port }) => `${componentOf(to)}:${port}`);
    expect([...new Set(found)]).toEqual(["cn:5432"]);
  });

  it("without port ranges the agents' port is open to nodes, and to no more", async () => {
    const values = { networkPolicy: { portRanges: false, clients: { sameNamespace: null } } };
    const { found, wanted } = await compare(
      { values },
      (one) => matrix([])(one) || (isNode(one.from) && isNode(one.to)),
    );
    expect(found).toEqual(wanted);
  });

  it("without policies everybody reaches everything: the judge can say yes", async () => {
    const { found, wanted } = await compare({ values: { networkPolicy: { enabled: false } } }, () => true);
    expect(found).toEqual(wanted);
  });

  it("every port of every Service is one that somebody reaches", async () => {
    const manifests = await render();
    const pods = releasePods(manifests);
    const unreached: string[] = [];
    for (const { kind, metadata, spec } of manifests) {
      if (kind !== "Service") continue;
      const to = pods.find((pod) => componentOf(pod) === metadata.labels?.["app.kubernetes.io/component"]);
      for (const { port } of spec?.ports ?? []) {
        const asked = to === undefined ? [] : allPairs(pods, [to], [port]);
        if ((await allowed(manifests, asked)).length === 0) unreached.push(`${metadata.name}:${port}`);
      }
    }
    expect(unreached).toEqual([]);
    expect(manifests.filter(({ kind }) => kind === "Service").length).toBeGreaterThan(6);
  });

  it("every pod that runs the program with the database's password reaches the manager", async () => {
    const manifests = await render();
    const running = podTemplates(manifests).filter(({ template }) =>
      JSON.stringify(template.spec.volumes).includes("credentials/hooks-password"),
    );
    expect(running.map(({ owner }) => owner.metadata.name)).toContain("antdb-reconcile");
    const mgr = releasePods(manifests).filter((pod) => componentOf(pod) === "mgr");
    const asked = allPairs(releasePods(running.map(({ owner }) => owner)), mgr, [6432]);
    expect(await allowed(manifests, asked)).toEqual(asked);
  });
});

describe("what the pods of a release reach", () => {
  const values = {
    networkPolicy: {
      clients: { sameNamespace: null },
      egress: {
        enabled: true,
        apiServer: { peers: { anywhere: null, server: { ipBlock: { cidr: "10.89.0.10/32" } } } },
        extra: { archive: { to: [{ ipBlock: { cidr: "192.0.2.0/24" } }], ports: [{ port: 443 }] } },
      },
    },
  };
  const dns = podIn("kube-system", "coredns", { "k8s-app": "kube-dns" });
  const archive = outside("192.0.2.1");
  const apiServer = outside("10.89.0.10");
  const asksApi = ["credentials", "test", ...program];

  it("each other as before", async () => {
    const { found, wanted } = await compare({ values }, matrix([]));
    expect(found).toEqual(wanted);
  });

  it("DNS, the API server from the program, what values add, and nothing else", async () => {
    const manifests = await render({ values });
    const pods = releasePods(manifests);
    const targets = [stranger, foreigner, dns, archive, apiServer, outside("198.51.100.1")];
    const asked = allPairs(pods, targets, [22, 53, 443, 5432, 6443, 8432]);
    const wanted = asked.filter(({ from, to, port }) => {
      if (to === dns) return port === 53;
      if (to === archive) return port === 443;
      return to === apiServer && asksApi.includes(componentOf(from)) && [443, 6443].includes(port);
    });
    expect((await allowed(manifests, asked)).map(titleOfConnection)).toEqual(wanted.map(titleOfConnection));
  });

  it("the API server wherever it is, unless values name its address", async () => {
    const manifests = await render({ values: { networkPolicy: { egress: { enabled: true } } } });
    const asked = allPairs(releasePods(manifests), [outside("198.51.100.1")], [443, 6443, 8432]);
    const found = (await allowed(manifests, asked)).map(titleOfConnection);
    const wanted = asked.filter(({ from, port }) => port !== 8432 && asksApi.includes(componentOf(from)));
    expect(found).toEqual(wanted.map(titleOfConnection));
  });
});
