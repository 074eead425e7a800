import { describe, expect, it } from "vitest";
import { planAppends } from "../../../hooks/plan/append.ts";
import { down, grown, grownTopology as topology } from "../../support/builders/grown.ts";
import {
  definedDraft,
  findings,
  podOf,
  rowOf,
  say,
  tell,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { n } from "../../support/builders/topology.ts";

const all = [
  "append-node cn_1 as=coordinator master",
  "append-node dn_1 as=datanode master",
  "wait ds_1 for=its master dn_1 to run",
];

const cases: readonly (readonly [string, (draft: Draft) => void, readonly string[]])[] = [
  ["masters first, a standby once its master runs", () => undefined, all],
  [
    "an agent is away: that node waits, the others do not",
    (draft) => (podOf(draft, "cn-1").ready = false),
    all.slice(1),
  ],
  [
    "an agent does not tell whether the directory is empty",
    (draft) => draft.sizes.delete(n("cn_1")),
    ["wait cn_1 for=its agent to tell the size of its directory", ...all.slice(1)],
  ],
  [
    "a coordinator of the cluster does not answer",
    (draft) => say(draft, "cn_0", down),
    ["cn_1", "dn_1", "ds_1"].map((name) => `wait ${name} for=cn_0 to answer`),
  ],
  [
    "the gtm does not answer",
    (draft) => say(draft, "gc_0", down),
    ["cn_1", "dn_1", "ds_1"].map((name) => `wait ${name} for=gc_0 to answer`),
  ],
  [
    "the gtm waits for its standby",
    (draft) => tell(draft, "gc_0", { standbys: [] }),
    ["cn_1", "dn_1", "ds_1"].map((name) => `wait ${name} for=the gtm's standby to stream`),
  ],
  [
    "a standby of the cluster does not answer: nobody needs it for this",
    (draft) => say(draft, "ds_0", down),
    all,
  ],
];

describe("planAppends", () => {
  it.each(cases)("%s", (_name, change, steps) => {
    const draft = grown();
    change(draft);
    const found = findings(planAppends, topology, draft);
    expect(found.steps).toEqual(steps);
    expect(found.leftAlone).toEqual([]);
  });

  it("is nothing for a cluster that is not initialised: INIT ALL takes all", () => {
    expect(findings(planAppends, topology, definedDraft(topology)).steps).toEqual([]);
  });

  it("never appends over files, and says how to clear them", () => {
    const draft = grown();
    draft.sizes.set(n("dn_1"), 40_000_000);
    const { steps, leftAlone } = findings(planAppends, topology, draft);
    expect(steps).not.toContainEqual(expect.stringContaining("append-node dn_1"));
    expect(leftAlone).toEqual([
      {
        object: "dn_1",
        reason:
          "it is no member, but its directory is not empty, and no note of this program says that it may be emptied",
        remedy:
          "if nothing in it is needed, through the manager: STOP DATANODE MASTER dn_1 MODE FAST; CLEAN DATANODE MASTER dn_1; then run reconcile again",
        blocks: true,
      },
    ]);
  });

  it("a half-added one has to be dropped as well: CLEAN leaves it initialised, and APPEND refuses that", () => {
    const draft = grown();
    rowOf(draft, "cn_1").initialised = true;
    expect(findings(planAppends, topology, draft).leftAlone).toMatchObject([
      {
        object: "cn_1",
        remedy: expect.stringMatching(/CLEAN .*; DROP COORDINATOR MASTER cn_1; then/) as string,
        blocks: true,
      },
    ]);
  });
});
