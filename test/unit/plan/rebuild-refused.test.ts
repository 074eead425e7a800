import { describe, expect, it } from "vitest";
import { makePlan } from "../../../hooks/plan/plan.ts";
import { planRebuild } from "../../../hooks/plan/rebuild.ts";
import { down, everybody, forget, lose, losing as topology } from "../../support/builders/lost-catalog.ts";
import {
  findings,
  healthyDraft,
  say,
  snapshotOf,
  tell,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { n } from "../../support/builders/topology.ts";

describe("a lost catalog is left alone", () => {
  const cases: readonly (readonly [string, (draft: Draft) => void, string, RegExp])[] = [
    [
      "a node that does not let the program in: its cluster was never finished",
      (draft) => {
        forget(draft);
        for (const name of everybody)
          say(draft, name, { state: "refused", code: "28P01", detail: "password" });
      },
      "gc_0",
      /without letting the program in/,
    ],
    [
      "two masters of one pair",
      (draft) => tell(draft, "ds_0", { inRecovery: false }),
      "dn_0",
      /it runs as a master beside ds_0/,
    ],
    [
      "a master that runs beside the one the coordinators know",
      (draft) => {
        down(draft, "dn_0");
        tell(draft, "ds_0", { inRecovery: false });
      },
      "ds_0",
      /the coordinators know dn_0 as the master/,
    ],
    [
      "a standby where the coordinators write",
      (draft) => tell(draft, "dn_0", { inRecovery: true }),
      "dn_0",
      /it is a standby: a switch of masters was cut off/,
    ],
    [
      "lists that differ, as in the middle of INIT ALL",
      (draft) => tell(draft, "cn_1", { catalog: [{ name: n("cn_1"), host: "localhost", port: 5432 }] }),
      "cn_1",
      /its pgxc_node names cn_1, and gc_0's names cn_0, cn_1, dn_0, gc_0/,
    ],
    [
      "a standby of another cluster",
      (draft) => tell(draft, "ds_0", { systemId: "another" }),
      "ds_0",
      /not of dn_0's cluster/,
    ],
    [
      "nothing kept, and nobody with a list runs",
      (draft) => {
        forget(draft);
        down(draft, "gc_0", "gcs_0", "cn_0", "cn_1");
      },
      "dn_0",
      /nothing proves it a member/,
    ],
    [
      "data of nobody knows which cluster",
      (draft) => {
        forget(draft);
        down(draft, ...everybody);
        draft.sizes.set(n("dn_0"), 40_000_000);
      },
      "dn_0",
      /its volume holds 38 MB already/,
    ],
    [
      "what was kept says another master than what runs, and no list can be asked",
      (draft) => {
        down(draft, "gc_0", "gcs_0", "cn_0", "cn_1", "ds_0");
        tell(draft, "dn_0", { inRecovery: true });
      },
      "dn_0",
      /it was the master of dn_0 and ds_0, and is not now/,
    ],
    [
      "a node of nobody's on the lists",
      (draft) => {
        for (const holder of ["gc_0", "cn_0", "cn_1"]) {
          const fact = draft.facts.get(n(holder));
          const rows = fact?.state === "up" ? fact.catalog : [];
          tell(draft, holder, { catalog: [...rows, { name: n("mine"), host: "192.0.2.7", port: 5432 }] });
        }
      },
      "mine",
      /its name is none of the chart's/,
    ],
  ];
  it.each(cases)("%s", (_name, change, object, says) => {
    const draft = healthyDraft(topology);
    change(draft);
    const { steps, leftAlone } = findings(planRebuild, topology, lose(draft));
    expect(steps).toEqual([]);
    const entry = leftAlone.find((each) => each.object === object);
    expect(entry?.reason).toMatch(says);
    expect(entry).toMatchObject({ blocks: true, remedy: expect.stringMatching(/./) as string });
    expect(makePlan(topology, snapshotOf(topology, draft)).stages.map(({ name }) => name)).not.toContain(
      "state labels",
    );
  });

  it.each([
    ["starts", { state: "refused", code: "57P03", detail: "starting up" }],
    ["is silent", { state: "unreachable", detail: "no answer" }],
  ] as const)("a node that %s is waited for: it can tell what it is", (_how, fact) => {
    const draft = healthyDraft(topology);
    say(draft, "dn_0", fact);
    expect(findings(planRebuild, topology, lose(draft)).steps).toEqual([
      "wait dn_0 for=its postgres to answer",
    ]);
  });

  it("a manager that notes a try of its own that was cut off: what runs is that try's", () => {
    const draft = lose(healthyDraft(topology));
    draft.journal = "begun";
    expect(findings(planRebuild, topology, draft)).toMatchObject({ steps: [], leftAlone: [] });
  });

  it("a manager that has a member", () => {
    expect(findings(planRebuild, topology, healthyDraft(topology))).toMatchObject({
      steps: [],
      leftAlone: [],
    });
  });
});
