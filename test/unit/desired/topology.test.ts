import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { makeTopology } from "../../../hooks/desired/topology.ts";
import { topologyFile, topologyOf } from "../../support/builders/topology.ts";
import { anySizes } from "../../support/builders/arbitrary.ts";

describe("makeTopology", () => {
  it("names nodes, pods, ports and pairs", () => {
    const { nodes } = topologyOf({ cn: 1, dn: 2 });
    expect(nodes).toEqual([
      { name: "gc_0", role: "gc", ordinal: 0, pod: "antdb-gc-0", port: 6655 },
      { name: "gcs_0", role: "gcs", ordinal: 0, pod: "antdb-gcs-0", port: 6655, follows: "gc_0" },
      { name: "cn_0", role: "cn", ordinal: 0, pod: "antdb-cn-0", port: 5432 },
      { name: "dn_0", role: "dn", ordinal: 0, pod: "antdb-dn-0", port: 5433 },
      { name: "dn_1", role: "dn", ordinal: 1, pod: "antdb-dn-1", port: 5433 },
      { name: "ds_0", role: "ds", ordinal: 0, pod: "antdb-ds-0", port: 5433, follows: "dn_0" },
      { name: "ds_1", role: "ds", ordinal: 1, pod: "antdb-ds-1", port: 5433, follows: "dn_1" },
    ]);
  });

  it("keeps the StatefulSets' names, whatever the release is called", () => {
    const file = topologyFile();
    const roles = {
      ...file.roles,
      mgr: { statefulSet: "prod-x-mgr" },
      dn: { ...file.roles.dn, statefulSet: "prod-x-dn" },
    };
    const topology = makeTopology({ ...file, roles });
    expect(topology.managerPod).toBe("prod-x-mgr-0");
    expect(topology.nodes.find(({ name }) => name === "dn_1")?.pod).toBe("prod-x-dn-1");
    expect(topology.statefulSets).toMatchObject({ mgr: "prod-x-mgr", dn: "prod-x-dn", gc: "antdb-gc" });
  });

  it("every gtm standby follows the one gtm master", () => {
    const standbys = topologyOf({ gcs: 3 }).nodes.filter(({ role }) => role === "gcs");
    expect(standbys.map(({ follows }) => follows)).toEqual(["gc_0", "gc_0", "gc_0"]);
  });

  it("for any sizes: names the manager can take, all different, leaders that exist and come first", () => {
    fc.assert(
      fc.property(anySizes, (sizes) => {
        const { nodes } = topologyOf(sizes);
        const names = nodes.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(new Set(nodes.map(({ pod }) => pod)).size).toBe(names.length);
        for (const [index, { name, follows }] of nodes.entries()) {
          expect(name).toMatch(/^[a-z_][a-z0-9_]{0,62}$/);
          if (follows !== undefined) expect(names.slice(0, index)).toContain(follows);
        }
      }),
    );
  });

  it("growing changes nothing that is there", () => {
    fc.assert(
      fc.property(anySizes, anySizes, (some, others) => {
        const larger = {
          gcs: Math.max(some.gcs, others.gcs),
          cn: Math.max(some.cn, others.cn),
          dn: Math.max(some.dn, others.dn),
          ds: some.ds === 0 ? 0 : Math.max(some.dn, others.dn),
        };
        expect(topologyOf(larger).nodes).toEqual(expect.arrayContaining([...topologyOf(some).nodes]));
      }),
    );
  });
});
