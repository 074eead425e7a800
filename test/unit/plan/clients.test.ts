import { describe, expect, it } from "vitest";
import { planClients } from "../../../hooks/plan/clients.ts";
import {
  definedDraft,
  findings,
  healthyDraft,
  say,
  tell,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 2, dn: 1 });
const role = "make-client-role cn_0";
const database = "make-client-database cn_0";
const has = (draft: Draft, client: { role: boolean; passwordMatches: boolean; database: boolean }) =>
  tell(draft, "cn_0", { client });

const cases: readonly (readonly [string, (draft: Draft) => void, readonly string[]])[] = [
  ["both are there", () => undefined, []],
  [
    "neither",
    (draft) => has(draft, { role: false, passwordMatches: false, database: false }),
    [role, database],
  ],
  [
    "the role alone",
    (draft) => has(draft, { role: true, passwordMatches: true, database: false }),
    [database],
  ],
  [
    "another password than the Secret's",
    (draft) => has(draft, { role: true, passwordMatches: false, database: true }),
    [role],
  ],
  [
    "a coordinator does not answer: DDL could not reach it",
    (draft) => {
      say(draft, "cn_0", { state: "down", detail: "" });
      tell(draft, "cn_1", { client: { role: false, passwordMatches: false, database: true } });
    },
    [],
  ],
  [
    "a datanode waits for its standby: DDL could not end",
    (draft) => {
      has(draft, { role: false, passwordMatches: false, database: false });
      tell(draft, "dn_0", { standbys: [] });
    },
    [],
  ],
];

describe("planClients", () => {
  it.each(cases)("%s", (_name, change, steps) => {
    const draft = healthyDraft(topology);
    change(draft);
    expect(findings(planClients, topology, draft).steps).toEqual(steps);
  });

  it("is forecast for a cluster about to be born", () => {
    expect(findings(planClients, topology, definedDraft(topology)).steps).toEqual([role, database]);
  });
});
