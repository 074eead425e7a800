import { describe, expect, it } from "vitest";
import { planAccess } from "../../../hooks/plan/access.ts";
import type { NodeFact } from "../../../hooks/model/snapshot.ts";
import { definedDraft, findings, healthyDraft, podOf, rowOf, say } from "../../support/builders/snapshot.ts";
import { topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ dn: 1 });
const shut: NodeFact = { state: "refused", code: "28P01", detail: "password authentication failed" };
const grants = (name: string, host: number, port: number) => [
  `grant-access ${name} address=10.244.1.${host} port=${port}`,
];
const waits = (name: string) => [`wait ${name} for=the program's role to arrive from its master`];

const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["everybody lets it in", [], []],
  [
    "nobody lets it in: one coordinator spreads the role",
    topology.nodes.map(({ name }) => name),
    grants("cn_0", 4, 5432),
  ],
  ["a coordinator does not", ["cn_1"], grants("cn_1", 5, 5432)],
  ["a datanode alone does not: it is told directly", ["dn_0"], grants("dn_0", 6, 5433)],
  ["the gtm alone does not", ["gc_0"], grants("gc_0", 2, 6655)],
  ["a master and its standby do not: the master first", ["dn_0", "ds_0"], grants("dn_0", 6, 5433)],
  ["a standby alone does not: its master sends it the role", ["ds_0"], waits("ds_0")],
];

describe("planAccess", () => {
  it.each(cases)("%s", (_name, refusing, steps) => {
    const draft = healthyDraft(topology);
    for (const name of refusing) say(draft, name, shut);
    expect(findings(planAccess, topology, draft).steps).toEqual(steps);
  });

  it.each([
    ["is starting", { state: "refused", code: "57P03", detail: "" }],
    ["does not answer", { state: "unreachable", detail: "" }],
    ["does not run", { state: "down", detail: "" }],
  ] as const)("a node that %s is not one that refuses", (_name, fact) => {
    const draft = healthyDraft(topology);
    say(draft, "dn_0", fact);
    expect(findings(planAccess, topology, draft).steps).toEqual([]);
  });

  it("does not bother a node that is no member, or whose pod is away", () => {
    const draft = healthyDraft(topology);
    say(draft, "dn_0", shut);
    rowOf(draft, "dn_0").inCluster = false;
    say(draft, "cn_1", shut);
    delete podOf(draft, "cn-1").ip;
    expect(findings(planAccess, topology, draft).steps).toEqual([]);
  });

  it("is forecast for a cluster about to be born", () => {
    expect(findings(planAccess, topology, definedDraft(topology)).steps).toEqual(grants("cn_0", 4, 5432));
  });
});
