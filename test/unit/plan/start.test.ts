import { describe, expect, it } from "vitest";
import { isLoginRefusal, planStarts } from "../../../hooks/plan/start.ts";
import type { NodeFact } from "../../../hooks/model/snapshot.ts";
import { findings, healthyDraft, podOf, rowOf, say, type Draft } from "../../support/builders/snapshot.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 1, dn: 1 });
const down: NodeFact = { state: "down", detail: "connection refused" };
const start = ["start-node dn_0 as=datanode master"];
const wait = ["wait dn_0 for=its postgres to answer"];

const cases: readonly (readonly [string, (draft: Draft) => void, readonly string[]])[] = [
  ["it runs", () => undefined, []],
  ["it does not run", (draft) => say(draft, "dn_0", down), start],
  [
    "it does not run, its volume has data",
    (draft) => {
      say(draft, "dn_0", down);
      draft.sizes.set(n("dn_0"), 40_000_000);
    },
    start,
  ],
  [
    "its volume is empty: never started, never made anew",
    (draft) => {
      say(draft, "dn_0", down);
      draft.sizes.set(n("dn_0"), 0);
    },
    [],
  ],
  [
    "its agent does not answer",
    (draft) => {
      say(draft, "dn_0", down);
      podOf(draft, "dn-0").ready = false;
    },
    [],
  ],
  [
    "it is no member: APPEND's to start",
    (draft) => {
      say(draft, "dn_0", down);
      rowOf(draft, "dn_0").inCluster = false;
    },
    [],
  ],
  [
    "it replays its log",
    (draft) => say(draft, "dn_0", { state: "refused", code: "57P03", detail: "starting up" }),
    wait,
  ],
  ["it answers nothing", (draft) => say(draft, "dn_0", { state: "unreachable", detail: "no answer" }), wait],
  [
    "it lets nobody in: another concern's",
    (draft) => say(draft, "dn_0", { state: "refused", code: "28P01", detail: "" }),
    [],
  ],
];

describe("planStarts", () => {
  it.each(cases)("%s", (_name, change, steps) => {
    const draft = healthyDraft(topology);
    change(draft);
    const said = findings(planStarts, topology, draft).steps.map((step) => step.replace(/ gtm=.*/, ""));
    expect(said).toEqual(steps);
  });

  it("starts the gtm first when all are down", () => {
    const draft = healthyDraft(topology);
    for (const { name } of topology.nodes) say(draft, name, down);
    const targets = findings(planStarts, topology, draft).steps.map((step) => step.split(" ")[1]);
    expect(targets).toEqual(["gc_0", "gcs_0", "cn_0", "dn_0", "ds_0"]);
  });

  it.each([
    [
      "ds_0",
      "rebuild it from its master through the manager: REMOVE DATANODE SLAVE ds_0; CLEAN DATANODE SLAVE ds_0; APPEND DATANODE SLAVE ds_0",
    ],
    ["dn_0", "put its volume back, or fail over to its standby"],
  ])("an empty volume of %s is named with its own way out", (name, remedy) => {
    const draft = healthyDraft(topology);
    say(draft, name, down);
    draft.sizes.set(n(name), 0);
    expect(findings(planStarts, topology, draft).leftAlone).toMatchObject([
      { object: name, blocks: true, remedy: expect.stringContaining(remedy) as string },
    ]);
  });

  it.each([
    ["28000", true],
    ["28P01", true],
    ["57P03", false],
    ["silent", false],
  ])("%s is a refused login: %s", (code, is) => {
    expect(isLoginRefusal(code)).toBe(is);
  });
});
