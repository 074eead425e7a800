import { describe, expect, it } from "vitest";
import { planHosts } from "../../../hooks/plan/hosts.ts";
import { emptyDraft, findings, healthyDraft, podOf, type Draft } from "../../support/builders/snapshot.ts";
import { topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ gcs: 0, cn: 1, dn: 1 });

const cases: readonly (readonly [string, (draft: Draft) => void, readonly string[]])[] = [
  ["everybody where they were", () => undefined, []],
  [
    "a pod moved",
    (draft) => (podOf(draft, "dn-0").ip = "10.244.9.9"),
    ["alter-host dn_0 from=10.244.1.4 address=10.244.9.9"],
  ],
  [
    "two pods changed places",
    (draft) => {
      podOf(draft, "dn-0").ip = "10.244.1.5";
      podOf(draft, "ds-0").ip = "10.244.1.4";
    },
    [
      "alter-host dn_0 from=10.244.1.4 address=10.244.1.5",
      "alter-host ds_0 from=10.244.1.5 address=10.244.1.4",
    ],
  ],
  ["a pod away, its address nobody's", (draft) => delete podOf(draft, "dn-0").ip, []],
  [
    "a pod away, its address another's by now: parked where nobody answers",
    (draft) => {
      delete podOf(draft, "dn-0").ip;
      podOf(draft, "ds-0").ip = "10.244.1.4";
    },
    [
      "alter-host dn_0 from=10.244.1.4 address=127.255.255.3",
      "alter-host ds_0 from=10.244.1.5 address=10.244.1.4",
    ],
  ],
  [
    "an ending pod has no address to rely on",
    (draft) => {
      podOf(draft, "dn-0").terminating = true;
      podOf(draft, "dn-0").ip = "10.244.9.9";
    },
    [],
  ],
  [
    "a host the manager does not know",
    (draft) => (draft.hosts = draft.hosts.filter(({ name }) => name !== "cn_0")),
    ["add-host cn_0 address=10.244.1.3"],
  ],
  [
    "a new host whose address an old one still has: the old one goes first",
    (draft) => {
      draft.hosts = draft.hosts.filter(({ name }) => name !== "cn_0");
      podOf(draft, "cn-0").ip = "10.244.1.4";
      podOf(draft, "dn-0").ip = "10.244.1.3";
    },
    ["add-host cn_0 address=10.244.1.4", "alter-host dn_0 from=10.244.1.4 address=10.244.1.3"],
  ],
];

describe("planHosts", () => {
  it.each(cases)("%s", (_name, change, steps) => {
    const draft = healthyDraft(topology);
    change(draft);
    expect(findings(planHosts, topology, draft).steps).toEqual(steps);
  });

  it("registers every pod that has an address, ready or not", () => {
    const draft = emptyDraft(topology);
    podOf(draft, "cn-0").ready = false;
    delete podOf(draft, "ds-0").ip;
    expect(findings(planHosts, topology, draft).steps).toEqual([
      "add-host gc_0 address=10.244.1.2",
      "add-host cn_0 address=10.244.1.3",
      "add-host dn_0 address=10.244.1.4",
    ]);
  });

  it("parks every absent host somewhere else", () => {
    const many = topologyOf({ dn: 3 });
    const draft = healthyDraft(many);
    const [first, second] = [podOf(draft, "dn-0").ip, podOf(draft, "dn-1").ip];
    delete podOf(draft, "dn-0").ip;
    delete podOf(draft, "dn-1").ip;
    Object.assign(podOf(draft, "ds-0"), { ip: first });
    Object.assign(podOf(draft, "ds-1"), { ip: second });
    const parked = findings(planHosts, many, draft).steps.filter((step) => step.includes("address=127."));
    expect(new Set(parked.map((step) => step.split("address=")[1])).size).toBe(2);
  });
});
