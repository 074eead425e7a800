import { describe, expect, it } from "vitest";
import { planLabels } from "../../../hooks/plan/labels.ts";
import {
  definedDraft,
  findings,
  healthyDraft,
  podOf,
  rowOf,
  say,
  tell,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 2, dn: 1 });
const down = { state: "down", detail: "connection refused" } as const;
const staleRow = { catalog: [{ name: "dn_0" as never, host: "10.9.9.9", port: 5433 }] };

/** Kind and target of what is planned. */
const planned = (draft: Draft): string[] =>
  findings(planLabels, topology, draft).steps.map((text) => text.split(" ").slice(0, 2).join(" "));

const unlabelled = (draft: Draft, ...pods: readonly string[]): void => {
  for (const pod of pods) delete podOf(draft, pod).state;
};

const cases: readonly (readonly [string, (draft: Draft) => void, readonly string[]])[] = [
  ["all are right", () => undefined, []],
  ["a pod came up again", (draft) => unlabelled(draft, "dn-0"), ["label-pod dn_0"]],
  [
    "its postgres does not run yet",
    (draft) => {
      unlabelled(draft, "dn-0");
      say(draft, "dn_0", down);
    },
    [],
  ],
  ["a labelled one is down", (draft) => say(draft, "dn_0", down), ["withdraw-pod dn_0"]],
  [
    "a labelled one was not looked at",
    (draft) => say(draft, "dn_0", { state: "not-looked-at", reason: "no address" }),
    ["withdraw-pod dn_0"],
  ],
  [
    "an ending pod is left to Kubernetes",
    (draft) => {
      podOf(draft, "dn-0").terminating = true;
      say(draft, "dn_0", down);
    },
    [],
  ],
  ["another took its place", (draft) => (podOf(draft, "dn-0").state = "slave"), ["label-pod dn_0"]],
  ["one that was thrown out", (draft) => (rowOf(draft, "ds_0").inCluster = false), ["withdraw-pod ds_0"]],
  ["a standby that does not stream", (draft) => tell(draft, "dn_0", { standbys: [] }), ["withdraw-pod ds_0"]],
  ["a standby without its master is believed", (draft) => say(draft, "dn_0", down), ["withdraw-pod dn_0"]],
  [
    "a master in recovery is none",
    (draft) => tell(draft, "dn_0", { inRecovery: true }),
    ["withdraw-pod dn_0"],
  ],
  [
    "a coordinator with an old row, new",
    (draft) => {
      unlabelled(draft, "cn-0");
      tell(draft, "cn_0", staleRow);
    },
    [],
  ],
  [
    "a coordinator with an old row beside a right one",
    (draft) => tell(draft, "cn_0", staleRow),
    ["withdraw-pod cn_0"],
  ],
  [
    "the last coordinators stay, old rows or not",
    (draft) => {
      tell(draft, "cn_0", staleRow);
      tell(draft, "cn_1", staleRow);
    },
    [],
  ],
  [
    "the last coordinators stay while they wait for the gtm",
    (draft) => {
      tell(draft, "cn_0", { waitsForGtm: true });
      tell(draft, "cn_1", { waitsForGtm: true });
    },
    [],
  ],
  [
    "one that is down goes, though it is the last",
    (draft) => {
      say(draft, "cn_0", down);
      say(draft, "cn_1", down);
    },
    ["withdraw-pod cn_0", "withdraw-pod cn_1"],
  ],
  [
    "a coordinator clients can't log in on yet",
    (draft) => {
      unlabelled(draft, "cn-0");
      tell(draft, "cn_0", { client: { role: true, passwordMatches: true, database: false } });
    },
    [],
  ],
];

describe("state labels", () => {
  it.each(cases)("%s", (_, change, expected) => {
    const draft = healthyDraft(topology);
    change(draft);
    expect(planned(draft)).toEqual(expected);
  });

  it("are no matter before there is a cluster", () => {
    expect(planned(definedDraft(topology))).toEqual([]);
  });

  it("name the pod and its uid, so that a successor is not labelled for it", () => {
    const draft = healthyDraft(topology);
    unlabelled(draft, "cn-1");
    const { uid } = podOf(draft, "cn-1");
    expect(findings(planLabels, topology, draft).steps).toEqual([
      `label-pod cn_1 pod=antdb-cn-1 uid=${uid} state=coordinator`,
    ]);
  });
});
