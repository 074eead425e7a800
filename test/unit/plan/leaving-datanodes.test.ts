import { describe, expect, it } from "vitest";
import { planLeaving } from "../../../hooks/plan/leaving.ts";
import { findings, healthyDraft, rowOf, say, type Draft } from "../../support/builders/snapshot.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";

const before = topologyOf({ cn: 3, dn: 2 });
const down = { state: "down", detail: "" } as const;
const stepsOf = (asked: Parameters<typeof topologyOf>[0], spoil: (draft: Draft) => void) => {
  const draft = healthyDraft(before);
  spoil(draft);
  return findings(planLeaving, topologyOf(asked), draft);
};

describe("planLeaving: datanodes", () => {
  const pair = { cn: 3, dn: 1 };
  const tables = [
    { database: "app", name: "public.orders", bytes: 9_000_000, child: false },
    { database: "app", name: "public.lines", bytes: 40_960, child: false },
  ];
  const emptied = (draft: Draft): void => void draft.placed.set(n("dn_1"), []);
  const unlisted = (draft: Draft): void => {
    emptied(draft);
    for (const [name, fact] of draft.facts)
      if (fact.state === "up")
        draft.facts.set(name, { ...fact, catalog: fact.catalog.filter((row) => row.name !== "dn_1") });
  };
  const without =
    (...names: string[]) =>
    (draft: Draft): void => {
      unlisted(draft);
      draft.rows = draft.rows.filter(({ name }) => !names.includes(name));
      draft.hosts = draft.hosts.filter(({ name }) => !names.includes(name));
    };

  it("keeps a datanode with a table on it, and its standby with it; says what lies there and how to get it off", () => {
    const { steps, leftAlone } = stepsOf(pair, (draft) => draft.placed.set(n("dn_1"), tables));
    expect(steps).toEqual([]);
    expect(leftAlone).toEqual([
      {
        object: "dn_1",
        reason:
          "the values no longer ask for it, and 2 tables lie on it, 8.6 MiB here: app: public.orders 8.6 MiB, app: public.lines 40.0 KiB",
        remedy:
          "move them off: kubectl exec -n antdb deploy/antdb-watcher -- antdb drain dn_1; or raise dn.replicas again",
        blocks: true,
      },
    ]);
  });

  it.each<[string, (draft: Draft) => void, readonly string[]]>([
    [
      "nobody could look at it",
      () => undefined,
      ["wait dn_1 for=it and a coordinator to answer and tell what lies on it"],
    ],
    [
      "both its pods are gone and no list has it: nobody is there for REMOVE of its standby",
      (draft: Draft): void => {
        unlisted(draft);
        for (const pod of ["antdb-dn-1", "antdb-ds-1"]) draft.pods.delete(pod);
        for (const name of ["dn_1", "ds_1"]) say(draft, name, down);
      },
      ["expel-datanode ds_1 stop=false"],
    ],
    [
      "it is empty: off every list, first of all",
      emptied,
      ['unlist-datanode dn_1 holders=["gc_0","cn_0","cn_1","cn_2"]'],
    ],
    [
      "it is empty, and one with a list is silent",
      (draft) => {
        emptied(draft);
        say(draft, "cn_1", down);
      },
      ["wait dn_1 for=cn_1 to answer"],
    ],
    ["it is on no list: its standby goes", unlisted, ["remove-node ds_1 as=datanode slave stop=true"]],
    ["its standby is gone", without("ds_1"), ["expel-datanode dn_1 stop=true"]],
    [
      "it is no member any more",
      (draft) => {
        without("ds_1")(draft);
        Object.assign(rowOf(draft, "dn_1"), { initialised: false, inCluster: false });
      },
      ["drop-node dn_1 as=datanode master"],
    ],
    [
      "a list that may still have it is silent",
      (draft) => {
        without("ds_1")(draft);
        say(draft, "cn_2", down);
      },
      ["wait dn_1 for=cn_2 to answer"],
    ],
  ])("takes a pair out: %s", (_, spoil, steps) => {
    expect(stepsOf(pair, spoil)).toMatchObject({ steps, leftAlone: [] });
  });

  it("keeps the master of a standby that stays", () => {
    const { steps, leftAlone } = stepsOf({ cn: 3, ds: 0 }, (draft) => {
      Object.assign(rowOf(draft, "ds_1"), { kind: "datanode master", master: undefined });
      Object.assign(rowOf(draft, "dn_1"), { kind: "datanode slave", master: "ds_1" });
    });
    expect(steps).toEqual(["remove-node ds_0 as=datanode slave stop=true"]);
    expect(leftAlone).toMatchObject([
      { object: "ds_1", remedy: expect.stringContaining("SWITCHOVER DATANODE SLAVE dn_1") as string },
    ]);
  });
});
