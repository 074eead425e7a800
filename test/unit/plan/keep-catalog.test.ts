import { describe, expect, it } from "vitest";
import { planKeeping } from "../../../hooks/plan/keep-catalog.ts";
import { definedDraft, findings, healthyDraft, rowOf, type Draft } from "../../support/builders/snapshot.ts";
import { topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 2, dn: 1 });
const keep = ["keep-catalog manager"];

const cases: readonly (readonly [string, (draft: Draft) => void, readonly string[]])[] = [
  ["it is what is kept", () => undefined, []],
  ["never kept", (draft) => (draft.kept = { state: "empty" }), keep],
  ["rows in another order", (draft) => draft.rows.reverse(), []],
  ["a node is another's standby", (draft) => (rowOf(draft, "ds_0").sync = "async"), keep],
  ["a host has moved", (draft) => draft.hosts.forEach((host) => (host.address = `${host.address}9`)), keep],
  ["a parameter is gone", (draft) => draft.parameters.pop(), keep],
  ["what is kept is none of ours", (draft) => (draft.kept = { state: "unreadable", why: "no JSON" }), keep],
  [
    "INIT ALL was not seen to be whole",
    (draft) => {
      draft.journal = "begun";
      draft.kept = { state: "empty" };
    },
    [],
  ],
  [
    "it has no coordinator any more: never over a whole one",
    (draft) => draft.rows.forEach((row) => (row.inCluster = !row.kind.startsWith("coordinator"))),
    [],
  ],
];

describe("the copy of the manager's catalog", () => {
  it.each(cases)("%s", (_name, change, steps) => {
    const draft = healthyDraft(topology);
    change(draft);
    expect(findings(planKeeping, topology, draft).steps).toEqual(steps);
  });

  it.each([
    { state: "absent" },
    { state: "unreadable", why: "Kubernetes refused", forbidden: true },
  ] as const)("nowhere to keep it ($state) is said, and blocks nothing", (kept) => {
    const draft = healthyDraft(topology);
    draft.kept = kept;
    const { steps, leftAlone } = findings(planKeeping, topology, draft);
    expect(steps).toEqual([]);
    expect(leftAlone).toMatchObject([{ object: "manager", blocks: false }]);
  });

  it("of a cluster whose volumes are gone is forgotten before a new one is made", () => {
    const draft = definedDraft(topology);
    expect(findings(planKeeping, topology, draft).steps).toEqual([]);
    draft.kept = healthyDraft(topology).kept;
    expect(findings(planKeeping, topology, draft).steps).toEqual(["forget-catalog manager"]);
  });
});
