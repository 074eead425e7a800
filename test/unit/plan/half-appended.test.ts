import { describe, expect, it } from "vitest";
import type { RunningNode } from "../../../hooks/model/snapshot.ts";
import { planAppends } from "../../../hooks/plan/append.ts";
import { down, grown, grownTopology as topology } from "../../support/builders/grown.ts";
import {
  findings,
  healthyDraft,
  rowOf,
  runningOf,
  say,
  tell,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { n } from "../../support/builders/topology.ts";

/** The program noted these APPENDs before it began them. */
function noted(...names: readonly string[]): Draft {
  const draft = grown();
  for (const name of names) {
    draft.appends.push({ node: n(name), kind: rowOf(draft, name).kind });
    draft.sizes.set(n(name), 40_000_000);
  }
  return draft;
}

/** A node of that name on these lists. */
function list(draft: Draft, name: string, ...holders: readonly string[]): void {
  for (const holder of holders) {
    const { catalog } = runningOf(draft, holder);
    tell(draft, holder, { catalog: [...catalog, { name: n(name), host: "10.244.1.9", port: 1 }] });
  }
}

describe("what an APPEND of the program's own has left", () => {
  const plan = (draft: Draft) => findings(planAppends, topology, draft);

  it.each(["cn_1", "dn_1"])("is cleared at %s, and the row stays as it is", (name) => {
    const { steps, leftAlone } = plan(noted(name));
    expect(steps).toContain(
      `clear-append ${name} as=${name === "cn_1" ? "coordinator" : "datanode"} master redefine=false`,
    );
    expect(leftAlone).toEqual([]);
  });

  it("is dropped too where the row is stuck at initialised", () => {
    const draft = noted("ds_1");
    rowOf(draft, "ds_1").initialised = true;
    say(draft, "dn_1", { ...(draft.facts.get(n("dn_0")) as RunningNode & { state: "up" }) });
    expect(plan(draft).steps).toContain("clear-append ds_1 as=datanode slave redefine=true");
  });

  it("is left alone for another kind than the note's: it was something else since", () => {
    const draft = noted("ds_1");
    draft.appends = [{ node: n("ds_1"), kind: "datanode master" }];
    expect(plan(draft).leftAlone).toMatchObject([{ object: "ds_1", blocks: true }]);
  });

  it("waits for everybody who has a list before anything is cleared", () => {
    const draft = noted("cn_1");
    say(draft, "cn_0", down);
    expect(plan(draft).steps).toContain("wait cn_1 for=cn_0 to answer");
  });

  it("goes off the lists first: a coordinator's row holds nothing, a datanode's is proved to", () => {
    const draft = noted("cn_1", "dn_1");
    list(draft, "cn_1", "gc_0");
    list(draft, "dn_1", "gc_0", "cn_0");
    expect(plan(draft).steps).toEqual([
      'strike-rows gc_0 names=["cn_1"]',
      'unlist-datanode dn_1 holders=["gc_0","cn_0"] silent=true',
      "wait ds_1 for=its master dn_1 to run",
    ]);
  });

  it("a row that was left behind keeps APPEND from an empty directory as well, note or none", () => {
    const draft = grown();
    list(draft, "cn_1", "cn_0");
    expect(plan(draft).steps).toContain('strike-rows cn_0 names=["cn_1"]');
  });

  it("a member gets the rest of its list, and then the note goes", () => {
    const draft = healthyDraft(topology);
    draft.appends = [{ node: n("cn_1"), kind: "coordinator master" }];
    unlistedOn(draft, "cn_1", "cn_1");
    expect(plan(draft).steps).toEqual([
      'add-rows cn_1 rows=[{"name":"cn_1","as":"coordinator","host":"10.244.1.5","port":5432}]',
    ]);
    const whole = healthyDraft(topology);
    whole.appends = draft.appends;
    expect(plan(whole).steps).toEqual(["forget-append cn_1"]);
  });

  it("no other member's list is touched", () => {
    const draft = healthyDraft(topology);
    unlistedOn(draft, "cn_1", "cn_0");
    expect(plan(draft).steps).toEqual([]);
  });
});

/** Takes the row of `name` off the list of `holder` alone. */
function unlistedOn(draft: Draft, holder: string, name: string): void {
  const { catalog } = runningOf(draft, holder);
  tell(draft, holder, { catalog: catalog.filter((row) => row.name !== name) });
}
