import { describe, expect, it } from "vitest";
import { planLeaving } from "../../../hooks/plan/leaving.ts";
import { makeDeparturePlan, makePlan } from "../../../hooks/plan/plan.ts";
import {
  definedDraft,
  findings,
  healthyDraft,
  podOf,
  rowOf,
  say,
  short,
  snapshotOf,
  tell,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";

const before = topologyOf({ cn: 3, dn: 2 });
const down = { state: "down", detail: "" } as const;
const stepsOf = (
  asked: Parameters<typeof topologyOf>[0],
  spoil: (draft: Draft) => void = () => undefined,
) => {
  const draft = healthyDraft(before);
  spoil(draft);
  return findings(planLeaving, topologyOf(asked), draft);
};
const removeCn = "remove-node cn_2 as=coordinator master stop=true";

describe("planLeaving", () => {
  it("says nothing of a cluster as the values ask", () => {
    expect(stepsOf({ cn: 3, dn: 2 })).toMatchObject({ steps: [], leftAlone: [] });
  });

  it.each<[string, Parameters<typeof topologyOf>[0], readonly string[]]>([
    ["a coordinator", { cn: 2 }, [removeCn]],
    ["the gtm's standby", { cn: 3, gcs: 0 }, ["remove-node gcs_0 as=gtmcoord slave stop=true"]],
    [
      "all standbys of datanodes",
      { cn: 3, ds: 0 },
      ["remove-node ds_0 as=datanode slave stop=true", "remove-node ds_1 as=datanode slave stop=true"],
    ],
  ])("takes out %s", (_, asked, steps) => {
    expect(stepsOf(asked).steps).toEqual(steps);
  });

  it.each<[string, Parameters<typeof topologyOf>[0], (draft: Draft) => void, readonly string[]]>([
    [
      "its agent is away: nothing to stop",
      { cn: 2 },
      (d) => (podOf(d, "cn-2").ready = false),
      [removeCn.replace("true", "false")],
    ],
    ["the gtm is down", { cn: 2 }, (d) => say(d, "gc_0", down), ["wait cn_2 for=the gtm to answer"]],
    [
      "the gtm's commits hang",
      { cn: 2 },
      (d) => tell(d, "gc_0", { standbys: [] }),
      ["wait cn_2 for=the gtm's standby to stream"],
    ],
    ["another coordinator is down", { cn: 2 }, (d) => say(d, "cn_1", down), ["wait cn_2 for=cn_1 to answer"]],
    [
      "its master is down",
      { cn: 3, ds: 0 },
      (d) => say(d, "dn_1", down),
      ["remove-node ds_0 as=datanode slave stop=true", "wait ds_1 for=its master dn_1 to answer"],
    ],
    [
      "it is out and still defined",
      { cn: 2 },
      (d) => Object.assign(rowOf(d, "cn_2"), { initialised: false, inCluster: false }),
      ["drop-node cn_2 as=coordinator master"],
    ],
    [
      "only its host is left",
      { cn: 2 },
      (d) => (d.rows = d.rows.filter(({ name }) => name !== "cn_2")),
      ["drop-host cn_2"],
    ],
  ])("%s", (_, asked, spoil, steps) => {
    expect(stepsOf(asked, spoil).steps).toEqual(steps);
  });

  it("never takes the last coordinator that serves", () => {
    const { steps } = stepsOf({ cn: 1 }, (draft) => {
      for (const name of ["cn_0", "cn_1"]) Object.assign(rowOf(draft, name), { inCluster: false });
      draft.rows = draft.rows.filter(({ name }) => name !== "cn_1");
      draft.hosts = draft.hosts.filter(({ name }) => name !== "cn_1");
    });
    expect(steps).toEqual(["wait cn_2 for=another coordinator to serve clients"]);
  });

  it("keeps a standby's pod that has become the gtm master", () => {
    const { steps, leftAlone } = stepsOf({ cn: 3, gcs: 0 }, (draft) => {
      Object.assign(rowOf(draft, "gcs_0"), { kind: "gtmcoord master" });
    });
    expect(steps).toEqual([]);
    expect(leftAlone).toMatchObject([
      { object: "gcs_0", blocks: true, remedy: expect.stringContaining("SWITCHOVER") as string },
    ]);
  });

  it("drops no datanode's definition beside a manager that lost its catalog, unless its volume is proved empty", () => {
    const draft = definedDraft(before);
    draft.sizes.set(n("dn_1"), 40_000_000);
    const { steps, leftAlone } = findings(planLeaving, topologyOf({ cn: 3, dn: 1 }), draft);
    expect(leftAlone).toMatchObject([{ object: "dn_1", blocks: true }]);
    expect(steps).toEqual(["drop-node ds_1 as=datanode slave"]);
  });
});

describe("makeDeparturePlan", () => {
  const planned = (asked: Parameters<typeof topologyOf>[0], draft: Draft): string[] =>
    makeDeparturePlan(topologyOf(asked), snapshotOf(before, draft)).stages.flatMap(({ steps }) =>
      steps.map(short),
    );

  it("leads clients away before it takes a coordinator out", () => {
    expect(planned({ cn: 2 }, healthyDraft(before))).toEqual([
      "withdraw-pod cn_2 pod=antdb-cn-2 uid=uid-5",
      removeCn,
    ]);
  });

  it("does all that is asked or nothing", () => {
    const draft = healthyDraft(before);
    draft.placed.set(n("dn_1"), [{ database: "app", name: "public.t", bytes: 8192, child: false }]);
    expect(planned({ cn: 2, dn: 1 }, draft)).toEqual([]);
  });
});

describe("a node that is held out", () => {
  const left = (draft: Draft): Draft => {
    draft.rows = draft.rows.filter(({ name }) => name !== "cn_2");
    draft.hosts = draft.hosts.filter(({ name }) => name !== "cn_2");
    draft.facts.delete(n("cn_2"));
    delete podOf(draft, "cn-2").state;
    return draft;
  };
  const kinds = (draft: Draft): string[] =>
    makePlan(before, snapshotOf(before, draft)).stages.flatMap(({ steps }) =>
      steps.filter(({ action }) => action.target === n("cn_2")).map(({ action }) => action.kind),
    );

  it("comes back when nobody holds it", () => {
    expect(kinds(left(healthyDraft(before)))).toContain("add-node");
  });

  it("is not brought back, and nothing is asked of its pod", () => {
    const draft = left(healthyDraft(before));
    draft.held = ["cn_2"];
    expect(kinds(draft)).toEqual(["wait"]);
    draft.pods.delete("antdb-cn-2");
    expect(kinds(draft)).toEqual(["wait"]);
  });

  it("is served like any other while it is still a member", () => {
    const draft = healthyDraft(before);
    draft.held = ["cn_2"];
    say(draft, "cn_2", down);
    draft.sizes.set(n("cn_2"), 40_000_000);
    expect(kinds(draft)).toEqual(["withdraw-pod", "start-node"]);
  });
});
