import { describe, expect, it } from "vitest";
import { planCatalogs } from "../../../hooks/plan/catalog.ts";
import { planLabels } from "../../../hooks/plan/labels.ts";
import { planStandbyReads } from "../../../hooks/plan/standby-reads.ts";
import type { RunningNode } from "../../../hooks/model/snapshot.ts";
import { findings, healthyDraft, podOf, rowOf, tell, type Draft } from "../../support/builders/snapshot.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 2, dn: 2 });

/** As a hand's CREATE NODE ds_i FOR dn_i on cn_1 leaves it. */
function withReader(name: string, host?: string): Draft {
  const draft = healthyDraft(topology);
  const pod = topology.nodes.find((node) => node.name === name)?.pod;
  const address = host ?? (pod === undefined ? "10.244.7.7" : (draft.pods.get(pod)?.ip ?? ""));
  const fact = draft.facts.get(n("cn_1")) as RunningNode;
  tell(draft, "cn_1", {
    catalog: [...fact.catalog, { name: n(name), host: address, port: 5433, standby: true }],
  });
  return draft;
}

describe("rows that lead reads to standbys", () => {
  it("are nobody's business while they are right", () => {
    const draft = withReader("ds_0");
    expect(findings(planCatalogs, topology, draft).steps).toEqual([]);
    expect(findings(planStandbyReads, topology, draft).leftAlone).toEqual([]);
  });

  it("follow a standby that moved, on the coordinator that has the row alone", () => {
    const draft = withReader("ds_0");
    podOf(draft, "ds-0").ip = "10.244.9.9";
    expect(findings(planCatalogs, topology, draft).steps).toEqual([
      'repoint-catalog cn_1 rows=[{"name":"ds_0","host":"10.244.9.9","port":5433}]',
    ]);
  });

  it("take no coordinator from its clients while they are stale", () => {
    expect(findings(planLabels, topology, withReader("ds_0", "10.244.9.9")).steps).toEqual([]);
  });

  it("do not stand for the row of a standby that became master", () => {
    const draft = withReader("ds_0");
    Object.assign(rowOf(draft, "ds_0"), { kind: "datanode master", master: undefined });
    Object.assign(rowOf(draft, "dn_0"), { kind: "datanode slave", master: n("ds_0") });
    const reasons = findings(planCatalogs, topology, draft).leftAlone.map(({ object, reason }) => [
      object,
      reason,
    ]);
    expect(reasons).toContainEqual(["cn_1", "its pgxc_node has no row for ds_0, a member"]);
  });

  it.each([
    [
      "a node that is master now",
      "ds_0",
      (draft: Draft) => Object.assign(rowOf(draft, "ds_0"), { kind: "datanode master" }),
    ],
    ["a standby taken out", "ds_0", (draft: Draft) => (rowOf(draft, "ds_0").inCluster = false)],
    ["a node nobody knows", "ds_7", () => undefined],
  ])("are told when they lead to %s", (_name, reader, change) => {
    const draft = withReader(reader);
    change(draft);
    expect(findings(planStandbyReads, topology, draft).leftAlone).toEqual([
      {
        object: "cn_1",
        reason: `its pgxc_node leads reads to ${reader}, which is no standby in the cluster`,
        remedy: `on cn_1, as a superuser: DROP NODE ${reader}; SELECT pgxc_pool_reload()`,
        blocks: false,
      },
    ]);
  });
});

describe("standby reads set through the manager", () => {
  const told = (node: string, key: string, value: string) => {
    const draft = healthyDraft(topology);
    draft.parameters = [...draft.parameters, { node, kind: "c", key, value }];
    return findings(planStandbyReads, topology, draft).leftAlone;
  };

  it.each([
    ["cn_1", "RESET COORDINATOR MASTER cn_1 (enable_readsql_on_slave)"],
    ["*", "RESET COORDINATOR ALL (enable_readsql_on_slave)"],
  ])("for %s: told with the way back", (node, remedy) => {
    expect(told(node, "enable_readsql_on_slave", "on")).toMatchObject([
      { object: "manager", remedy: `through the manager: ${remedy}`, blocks: false },
    ]);
  });

  it("off is off", () => {
    expect(told("cn_1", "enable_readsql_on_slave", "off")).toEqual([]);
  });
});
