import { describe, expect, it } from "vitest";
import { planCatalogs } from "../../../hooks/plan/catalog.ts";
import {
  findings,
  healthyDraft,
  podOf,
  runningOf,
  say,
  tell,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 2, dn: 1 });
const change = (name: string, host: string, port: number) =>
  `rows=[{"name":"${name}","host":"${host}","port":${port}}]`;

const cases: readonly (readonly [string, (draft: Draft) => void, readonly string[]])[] = [
  ["every list is right", () => undefined, []],
  [
    "a datanode moved: gc and every coordinator",
    (draft) => (podOf(draft, "dn-0").ip = "10.244.9.9"),
    ["gc_0", "cn_0", "cn_1"].map((name) => `repoint-catalog ${name} ${change("dn_0", "10.244.9.9", 5433)}`),
  ],
  [
    "the gtm moved: its own row on itself too, which FLUSH HOST leaves stale",
    (draft) => (podOf(draft, "gc-0").ip = "10.244.9.9"),
    ["gc_0", "cn_0", "cn_1"].map((name) => `repoint-catalog ${name} ${change("gc_0", "10.244.9.9", 6655)}`),
  ],
  ["a standby moved: it is in no list", (draft) => (podOf(draft, "ds-0").ip = "10.244.9.9"), []],
  [
    "a datanode that is away: whoever dials it is refused at once",
    (draft) => delete podOf(draft, "dn-0").ip,
    ["gc_0", "cn_0", "cn_1"].map(
      (name) => `repoint-catalog ${name} ${change("dn_0", "127.255.255.5", 5433)}`,
    ),
  ],
  [
    "one that is ending, its address still its own",
    (draft) => (podOf(draft, "dn-0").terminating = true),
    ["gc_0", "cn_0", "cn_1"].map(
      (name) => `repoint-catalog ${name} ${change("dn_0", "127.255.255.5", 5433)}`,
    ),
  ],
  [
    "a coordinator that is away keeps its row: on loopback another one would answer",
    (draft) => delete podOf(draft, "cn-1").ip,
    [],
  ],
  [
    "a coordinator that does not run is put right when it does",
    (draft) => {
      podOf(draft, "dn-0").ip = "10.244.9.9";
      say(draft, "cn_1", { state: "down", detail: "" });
    },
    ["gc_0", "cn_0"].map((name) => `repoint-catalog ${name} ${change("dn_0", "10.244.9.9", 5433)}`),
  ],
  [
    "without a gtm nothing is begun that could not end",
    (draft) => {
      podOf(draft, "dn-0").ip = "10.244.9.9";
      say(draft, "gc_0", { state: "down", detail: "" });
    },
    [],
  ],
  [
    "nor while the gtm waits for its standby",
    (draft) => {
      podOf(draft, "dn-0").ip = "10.244.9.9";
      tell(draft, "gc_0", { standbys: [] });
    },
    [],
  ],
  [
    "a row of somebody else is left as it is",
    (draft) =>
      tell(draft, "cn_0", {
        catalog: [...runningOf(draft, "cn_0").catalog, { name: n("reader"), host: "10.1.1.1", port: 1 }],
      }),
    [],
  ],
];

describe("planCatalogs", () => {
  it.each(cases)("%s", (_name, make, steps) => {
    const draft = healthyDraft(topology);
    make(draft);
    const found = findings(planCatalogs, topology, draft);
    expect(found.steps).toEqual(steps);
    expect(found.leftAlone).toEqual([]);
  });

  it("names a member that a coordinator's list lacks, with the statement to type", () => {
    const draft = healthyDraft(topology);
    tell(draft, "cn_1", { catalog: runningOf(draft, "cn_1").catalog.filter(({ name }) => name !== "cn_0") });
    expect(findings(planCatalogs, topology, draft).leftAlone).toMatchObject([
      {
        object: "cn_1",
        reason: "its pgxc_node has no row for cn_0, a member",
        remedy: expect.stringContaining("CREATE NODE cn_0") as string,
        blocks: true,
      },
    ]);
  });
});
