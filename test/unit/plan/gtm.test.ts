import { describe, expect, it } from "vitest";
import { planGtmAddress } from "../../../hooks/plan/gtm.ts";
import {
  findings,
  healthyDraft,
  podOf,
  rowOf,
  say,
  tell,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 1, dn: 1 });
const stale = { host: "10.244.7.7", port: 6655 };

const cases: readonly (readonly [string, (draft: Draft) => void, readonly string[]])[] = [
  ["everybody knows where it is", () => undefined, []],
  [
    "one was told another address",
    (draft) => tell(draft, "cn_0", { gtm: stale }),
    ["repoint-gtm cn_0 host=10.244.1.2 port=6655"],
  ],
  [
    "one was told another port",
    (draft) => tell(draft, "ds_0", { gtm: { host: "10.244.1.2", port: 6666 } }),
    ["repoint-gtm ds_0 host=10.244.1.2 port=6655"],
  ],
  [
    "the gtm moved: all who ask it",
    (draft) => (podOf(draft, "gc-0").ip = "10.244.9.9"),
    ["cn_0", "dn_0", "ds_0"].map((name) => `repoint-gtm ${name} host=10.244.9.9 port=6655`),
  ],
  ["the gtm's pod is away: nowhere to point", (draft) => delete podOf(draft, "gc-0").ip, []],
  [
    "one that does not run is told when it does",
    (draft) => {
      podOf(draft, "gc-0").ip = "10.244.9.9";
      for (const name of ["cn_0", "dn_0"]) say(draft, name, { state: "down", detail: "" });
    },
    ["repoint-gtm ds_0 host=10.244.9.9 port=6655"],
  ],
  [
    "after a failover the gtm is where its former standby is",
    (draft) => {
      Object.assign(rowOf(draft, "gc_0"), { kind: "gtmcoord slave", master: "gcs_0" });
      Object.assign(rowOf(draft, "gcs_0"), { kind: "gtmcoord master", master: undefined });
    },
    ["cn_0", "dn_0", "ds_0"].map((name) => `repoint-gtm ${name} host=10.244.1.3 port=6655`),
  ],
  [
    "one that was told and still waits is woken",
    (draft) => tell(draft, "cn_0", { waitsForGtm: true }),
    ["reconnect-gtm cn_0 as=coordinator master"],
  ],
  [
    "nobody is woken while the gtm's own commits wait for its standby: whoever writes waits for just that, and a restart helps nobody",
    (draft) => {
      for (const name of ["cn_0", "dn_0"]) tell(draft, name, { waitsForGtm: true });
      tell(draft, "gc_0", { standbys: [] });
    },
    [],
  ],
  [
    "a standby of the gtm that nobody waits for keeps nobody asleep: its row says async, or nothing at all",
    (draft) => {
      tell(draft, "cn_0", { waitsForGtm: true });
      tell(draft, "gc_0", { standbys: [] });
      rowOf(draft, "gcs_0").sync = "";
    },
    ["reconnect-gtm cn_0 as=coordinator master"],
  ],
];

describe("planGtmAddress", () => {
  it.each(cases)("%s", (_name, change, steps) => {
    const draft = healthyDraft(topology);
    change(draft);
    expect(findings(planGtmAddress, topology, draft).steps).toEqual(steps);
  });
});
