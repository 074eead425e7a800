import { describe, expect, it } from "vitest";
import { planInitialisation, planSeal } from "../../../hooks/plan/initialise.ts";
import {
  definedDraft,
  emptyDraft,
  findings,
  healthyDraft,
  podOf,
  rowOf,
  say,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 1, dn: 1 });
const first = ["initialise cluster recover=false"];
const again = ["initialise cluster recover=true"];

interface Case {
  readonly name: string;
  readonly change: (draft: Draft) => void;
  readonly steps: readonly string[];
  /** Objects refused. */
  readonly refused?: readonly string[];
}

const cases: readonly Case[] = [
  { name: "all defined, all empty", change: () => undefined, steps: first },
  {
    name: "a few files of initdb's lost+found size",
    change: (draft) => draft.sizes.set(n("dn_0"), 65_535),
    steps: first,
  },
  {
    name: "one agent away",
    change: (draft) => (podOf(draft, "dn-0").ready = false),
    steps: [],
  },
  { name: "one pod ending", change: (draft) => (podOf(draft, "dn-0").terminating = true), steps: [] },
  {
    name: "one size not told",
    change: (draft) => draft.sizes.delete(n("dn_0")),
    steps: ["wait dn_0 for=its agent to tell the size of its directory"],
  },
  {
    name: "data on a volume: whose, another concern has to find out",
    change: (draft) => draft.sizes.set(n("dn_0"), 40_000_000),
    steps: [],
  },
  {
    name: "cut off before: recovered, whatever is in the directories",
    change: (draft) => {
      draft.journal = "begun";
      draft.sizes.set(n("dn_0"), 40_000_000);
    },
    steps: again,
  },
  {
    name: "cut off before, a pod away: CLEAN ALL needs every agent",
    change: (draft) => {
      draft.journal = "begun";
      podOf(draft, "dn-0").ready = false;
    },
    steps: [],
  },
  {
    name: "cut off before, a node not defined yet",
    change: (draft) => {
      draft.journal = "begun";
      draft.rows = draft.rows.filter(({ name }) => name !== "ds_0");
    },
    steps: [],
  },
  {
    name: "initialised once, no member any more",
    change: (draft) => (draft.journal = "finished"),
    steps: [],
    refused: ["cluster"],
  },
  {
    name: "half initialised and one a member: never again",
    change: (draft) => {
      draft.journal = "begun";
      rowOf(draft, "gc_0").inCluster = true;
    },
    steps: [],
  },
];

describe("planInitialisation", () => {
  it.each(cases)("$name", ({ change, steps, refused = [] }) => {
    const draft = definedDraft(topology);
    change(draft);
    const found = findings(planInitialisation, topology, draft);
    expect(found.steps).toEqual(steps);
    expect(found.leftAlone.map(({ object }) => object)).toEqual(refused);
    for (const { blocks, remedy } of found.leftAlone) {
      expect(blocks).toBe(true);
      expect(remedy).toBeDefined();
    }
  });

  it("is forecast for pods nobody has defined yet", () => {
    expect(findings(planInitialisation, topology, emptyDraft(topology)).steps).toEqual(first);
  });

  it("a member that is not among the values counts too: nothing is initialised beside it", () => {
    const draft = definedDraft(topology);
    draft.rows.push({ ...rowOf(draft, "dn_0"), name: n("dn_7"), initialised: true, inCluster: true });
    expect(findings(planInitialisation, topology, draft).steps).toEqual([]);
  });
});

describe("planSeal", () => {
  const seal = ["seal-initialisation cluster"];
  const sealing: readonly (readonly [string, (draft: Draft) => void, readonly string[]])[] = [
    ["finished already", (draft) => (draft.journal = "finished"), []],
    ["whole", () => undefined, seal],
    ["one node no member", (draft) => (rowOf(draft, "ds_0").inCluster = false), []],
    ["one node does not answer", (draft) => say(draft, "ds_0", { state: "unreachable", detail: "" }), []],
  ];
  it.each(sealing)("%s", (_name, change, steps) => {
    const draft = healthyDraft(topology);
    draft.journal = "begun";
    change(draft);
    expect(findings(planSeal, topology, draft).steps).toEqual(steps);
  });
});
