import { describe, expect, it } from "vitest";
import { refusal, render, type Rendering } from "./support/helm.ts";
import { find, type Manifest } from "./support/manifest.ts";
import { podSecurityFaults } from "./support/pod-security.ts";

const onHosts = (hosts: readonly string[], more: object = {}): object => ({
  nodes: { persistence: { hostPath: { enabled: true, hosts } } },
  ...more,
});
const three = ["a", "b", "c"];

interface Volume {
  readonly claimRef: { readonly namespace: string; readonly name: string };
  readonly hostPath: { readonly path: string };
  readonly nodeAffinity: {
    readonly required: {
      readonly nodeSelectorTerms: readonly { readonly matchExpressions: readonly { values: string[] }[] }[];
    };
  };
}
const volumesOf = (manifests: readonly Manifest[]): Map<string, Volume> =>
  new Map(
    manifests
      .filter((one) => one.kind === "PersistentVolume")
      .map((one) => {
        const volume = one.spec as unknown as Volume;
        return [volume.claimRef.name.replace(/^data-antdb-/, ""), volume];
      }),
  );
/** Pod → its one host. */
const hostsOf = async (rendering: Rendering): Promise<Record<string, string | undefined>> =>
  Object.fromEntries(
    [...volumesOf(await render(rendering))].map(([pod, { nodeAffinity }]) => [
      pod,
      nodeAffinity.required.nodeSelectorTerms[0]?.matchExpressions[0]?.values.join(),
    ]),
  );

describe("volumes that are directories on hosts", () => {
  it("are one for each pod, each with a directory and a claim of its own", async () => {
    const volumes = volumesOf(await render({ values: onHosts(three), namespace: "shop" }));
    expect([...volumes.keys()].sort()).toEqual(
      ["cn-0", "cn-1", "dn-0", "dn-1", "ds-0", "ds-1", "gc-0", "gcs-0", "mgr-0"].sort(),
    );
    const paths = [...volumes].map(([pod, { hostPath }]) => [pod, hostPath.path]);
    expect(paths).toEqual([...volumes.keys()].map((pod) => [pod, `/data/pv/shop/antdb/${pod}`]));
    expect(new Set([...volumes.values()].map(({ claimRef }) => claimRef.namespace))).toEqual(
      new Set(["shop"]),
    );
  });

  it("can be taken by the release's own claims only", async () => {
    const manifests = await render({ values: onHosts(three, { global: { storageClass: "fast" } }) });
    const classes = manifests.flatMap((one) =>
      one.kind === "PersistentVolume"
        ? [one.spec?.["storageClassName"]]
        : (one.spec?.volumeClaimTemplates ?? []).map(
            (claim) => (claim as { spec: Record<string, unknown> }).spec["storageClassName"],
          ),
    );
    expect(new Set(classes)).toEqual(new Set(["antdb.antdb"]));
    expect(manifests.filter((one) => one.kind === "StorageClass")).toEqual([]);
  });

  it.each([2, 3, 4, 7])("on %i hosts never put a datanode beside its standby", async (count) => {
    const hosts = Array.from({ length: count }, (_, index) => `h${index}`);
    const placed = await hostsOf({ values: onHosts(hosts, { dn: { replicas: 9 } }) });
    const pairs = Array.from({ length: 9 }, (_, index) => [placed[`dn-${index}`], placed[`ds-${index}`]]);
    expect(pairs.filter(([dn, ds]) => dn === undefined || dn === ds)).toEqual([]);
    expect(new Set(pairs.map(([dn]) => dn)).size).toBe(count);
  });

  it("stay on their hosts when there are more pods", async () => {
    const before = await hostsOf({ values: onHosts(three) });
    const more = { dn: { replicas: 20 }, cn: { replicas: 5 }, gcs: { replicas: 2 } };
    expect(await hostsOf({ values: onHosts(three, more) })).toMatchObject(before);
  });

  it("stay on their hosts when Kubernetes learns to tell pairs apart", async () => {
    const older = await hostsOf({ values: onHosts(three), kubeVersion: "1.29.0" });
    expect(older).toEqual(await hostsOf({ values: onHosts(three) }));
    const manifests = await render({ values: onHosts(three), kubeVersion: "1.29.0" });
    // Their hosts keep the two of a pair apart; "no dn beside any ds" would leave pods Pending.
    expect(find(manifests, "StatefulSet", "antdb-dn").spec?.template?.spec["affinity"]).toBeUndefined();
  });

  it("come to the hosts that placement names", async () => {
    const placement = (host: string): object => ({ persistence: { hostPath: { placement: { "2": host } } } });
    const values = onHosts(three, { dn: { replicas: 3, ...placement("d") }, ds: placement("e") });
    expect(await hostsOf({ values })).toMatchObject({ "dn-1": "b", "dn-2": "d", "ds-2": "e" });
  });

  it("are prepared by a container that the baseline standard admits, unless somebody else does it", async () => {
    const pod = async (prepare: boolean): Promise<string[]> => {
      const values = { nodes: { persistence: { hostPath: { enabled: true, hosts: three, prepare } } } };
      const set = find(await render({ values }), "StatefulSet", "antdb-dn");
      const spec = set.spec?.template?.spec;
      return spec === undefined ? ["no pod"] : podSecurityFaults(spec);
    };
    expect(await pod(true)).toEqual([
      "container directory runAsNonRoot is not true",
      "container directory runs as root",
      "container directory adds capabilities",
    ]);
    expect(await pod(false)).toEqual([]);
  });
});

describe("directories on hosts are refused", () => {
  const single = { nodes: { persistence: { hostPath: { enabled: true, hosts: ["a"] } } } };
  const own = (hosts: readonly string[]): object => ({ persistence: { hostPath: { hosts } } });

  it.each<[string, object, RegExp]>([
    ["with no host", onHosts([]), /no host is named for .*kubectl get nodes/],
    ["with a pair on one host", single, /dn-0 and ds-0 would both be on the host "a"/],
    [
      "with a pair brought together by placement",
      onHosts(three, { ds: { persistence: { hostPath: { placement: { "1": "b" } } } } }),
      /dn-1 and ds-1 would both be on the host "b"/,
    ],
    [
      "with a datanode beside another's standby in mode role",
      onHosts(three, { pairing: { mode: "role" } }),
      /which pairing.mode=role forbids/,
    ],
    [
      "with two coordinators on a host where they must not be",
      onHosts(["a", "b"], { apart: { cn: { type: "required" } }, cn: { replicas: 3 } }),
      /cn.persistence.hostPath.hosts: two pods of cn .* apart.cn.type=preferred/,
    ],
    [
      "when volumes are to be deleted",
      onHosts(three, { retention: { whenDeleted: "Delete" } }),
      /^.*retention.whenDeleted: Delete/m,
    ],
    [
      "when volumes are to be deleted with a pod",
      onHosts(three, { retention: { whenScaled: "Delete" } }),
      /retention.whenScaled: Delete/,
    ],
    [
      "with a way up in the path",
      { nodes: { persistence: { hostPath: { enabled: true, hosts: three, path: "/data/../etc" } } } },
      /`\.\.` may not be in it/,
    ],
    [
      "beside a volume of the user's",
      onHosts(three, { dn: { persistence: { existingVolumes: { "0": "v" } } } }),
      /Leave one of the two out/,
    ],
  ])("%s", async (_, values, said) => {
    expect(await refusal({ values })).toMatch(said);
  });

  it.each<[string, object]>([
    ["one host where the values say that it is enough", { ...single, pairing: { type: "preferred" } }],
    [
      "hosts divided between datanodes and standbys",
      onHosts(three, { pairing: { mode: "role" }, dn: own(["a"]), ds: own(["b", "c"]) }),
    ],
  ])("but not %s", async (_, values) => {
    expect(await refusal({ values })).toBe("");
  });
});
