import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { planAuthentication } from "../../../hooks/plan/authentication.ts";
import { anySizes } from "../../support/builders/arbitrary.ts";
import {
  definedDraft,
  findings,
  healthyDraft,
  podOf,
  runningOf,
  say,
  tell,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { topologyOf } from "../../support/builders/topology.ts";
import { methodFor } from "../../support/fakes/hba.ts";
import type { Topology } from "../../../hooks/model/topology.ts";

const topology = topologyOf({ cn: 1, dn: 1 });

/** What each node's file would be. */
function filesOf(of: Topology, draft: Draft): Map<string, string[]> {
  for (const { name } of of.nodes) tell(draft, name, { hba: [] });
  const { steps } = findings(planAuthentication, of, draft);
  return new Map(
    steps.map((step) => [
      step.split(" ")[1] ?? "",
      JSON.parse(step.slice(step.indexOf("lines=") + 6)) as string[],
    ]),
  );
}

const client = "192.168.1.1";
const methods = (file: readonly string[], address: string) => ({
  asOwner: methodFor(file, { database: "other", user: "antdb", address }),
  asProgram: methodFor(file, { database: "other", user: "antdb_hooks", address }),
  asClient: methodFor(file, { database: "other", user: "app", address }),
  replication: methodFor(file, { database: "replication", user: "antdb", address }),
});

describe("planAuthentication", () => {
  it("says nothing while every file is as it should be", () => {
    expect(findings(planAuthentication, topology, healthyDraft(topology)).steps).toEqual([]);
  });

  it("has the user's rules in their order, behind the peers and the program, before clients.cidrs, on coordinators alone", () => {
    const rules = [
      { database: "app", user: "report", cidr: "10.1.0.0/16", method: "scram-sha-256" },
      { database: "all", user: "all", cidr: "10.1.0.0/16", method: "reject" },
      { database: "all", user: "all", cidr: "0.0.0.0/0", method: "md5" },
    ];
    const ruled = { ...topology, clientRules: rules };
    const files = filesOf(ruled, healthyDraft(topology));
    const cn = files.get("cn_0") ?? [];
    expect(cn.slice(-3)).toEqual([
      "host app report 10.1.0.0/16 scram-sha-256",
      "host all all 10.1.0.0/16 reject",
      "host all all 0.0.0.0/0 md5",
    ]);
    expect(methods(cn, "10.244.1.5").asOwner).toBe("trust");
    expect(files.get("dn_0")?.filter((line) => line.includes("10.1.0.0"))).toEqual([]);
  });

  it("is forecast for a cluster about to be born, on every node", () => {
    const targets = findings(planAuthentication, topology, definedDraft(topology)).steps.map(
      (step) => step.split(" ")[1],
    );
    expect(targets).toEqual(topology.nodes.map(({ name }) => name));
  });

  it("rewrites every running node's file when a peer moved, and names the address that is nobody's", () => {
    const draft = healthyDraft(topology);
    podOf(draft, "dn-0").ip = "10.244.9.9";
    say(draft, "ds_0", { state: "down", detail: "" });
    const { steps, reasons } = findings(planAuthentication, topology, draft);
    expect(steps.map((step) => step.split(" ")[1])).toEqual(["gc_0", "gcs_0", "cn_0", "dn_0"]);
    expect(new Set(reasons)).toEqual(new Set(["it trusts 10.244.1.5/32, no longer a peer's address"]));
  });

  describe("a pod that is on its way back", () => {
    const coming = (ageMs: number): Draft => {
      const draft = healthyDraft(topology);
      Object.assign(podOf(draft, "dn-0"), { ip: undefined, ready: false, ageMs });
      return draft;
    };
    const asked = (draft: Draft): readonly string[] =>
      findings(planAuthentication, topology, draft).steps.map((step) => step.split(" ")[1] ?? "");

    it("is ending: its address is still its own", () => {
      const draft = healthyDraft(topology);
      podOf(draft, "dn-0").terminating = true;
      expect(asked(draft)).toEqual([]);
    });

    it("has no address yet: one round of rewriting will do, when it has", () => {
      expect(asked(coming(1000))).toEqual([]);
    });

    it("does not come: nobody trusts the address it had any longer", () => {
      const others = ["gc_0", "gcs_0", "cn_0", "ds_0"];
      expect(asked(coming(30_000))).toEqual(expect.arrayContaining(others));
      const gone = healthyDraft(topology);
      gone.pods.delete("antdb-dn-0");
      expect(asked(gone)).toEqual(expect.arrayContaining(others));
    });

    it("keeps nobody from being let in meanwhile, nor a wrong line in its place", () => {
      const draft = coming(1000);
      podOf(draft, "cn-0").ip = "10.244.9.9";
      expect(asked(draft)).toContain("gc_0");
      const other = coming(1000);
      tell(other, "gc_0", { hba: ["host all all 0.0.0.0/0 trust", ...runningOf(other, "gc_0").hba] });
      expect(asked(other)).toEqual(["gc_0"]);
    });
  });

  it.each([
    ["a line too many", (hba: readonly string[]) => [...hba, "host all all 0.0.0.0/0 trust"]],
    ["a line too few", (hba: readonly string[]) => hba.slice(1)],
    ["the same lines in another order", (hba: readonly string[]) => hba.toReversed()],
  ])("%s is put right", (_name, change) => {
    const draft = healthyDraft(topology);
    tell(draft, "cn_0", { hba: change(runningOf(draft, "cn_0").hba) });
    expect(findings(planAuthentication, topology, draft).steps).toHaveLength(1);
  });

  it("trusts the manager's present address everywhere, and nobody's when mgr is away", () => {
    const draft = healthyDraft(topology);
    for (const file of filesOf(topology, draft).values())
      expect(methods(file, "10.244.1.1").asOwner).toBe("trust");
    delete podOf(draft, "mgr-0").ip;
    for (const file of filesOf(topology, draft).values())
      expect(methods(file, "10.244.1.1").asOwner).not.toBe("trust");
  });

  it("lets a pair's members stream from one another, and nobody else", () => {
    const pairs = topologyOf({ dn: 2 });
    const draft = healthyDraft(pairs);
    const files = filesOf(pairs, draft);
    for (const { name, role, ordinal } of pairs.nodes)
      for (const other of pairs.nodes) {
        const gtm = [role, other.role].every((each) => each === "gc" || each === "gcs");
        const data =
          [role, other.role].every((each) => each === "dn" || each === "ds") && ordinal === other.ordinal;
        const address = podOf(draft, other.pod.replace("antdb-", "")).ip ?? "";
        const expected = name !== other.name && (gtm || data) ? "trust" : undefined;
        expect([name, other.name, methods(files.get(name) ?? [], address).replication]).toEqual([
          name,
          other.name,
          expected,
        ]);
      }
  });

  it("for any cluster: strangers never get in without a password, peers always, clients on coordinators alone", () => {
    fc.assert(
      fc.property(anySizes, (sizes) => {
        const of = topologyOf(sizes);
        const draft = healthyDraft(of);
        const files = filesOf(of, draft);
        for (const { name, role } of of.nodes) {
          const file = files.get(name) ?? [];
          expect(methods(file, client)).toEqual({
            asOwner: role === "cn" ? "md5" : undefined,
            asProgram: "md5",
            asClient: role === "cn" ? "md5" : undefined,
            replication: undefined,
          });
          for (const peer of of.nodes) {
            const { asOwner, asProgram, asClient } = methods(file, draft.pods.get(peer.pod)?.ip ?? "");
            expect([asOwner, asProgram, asClient]).toEqual(["trust", "trust", "trust"]);
          }
          for (const line of file)
            expect(line).toMatch(/^(local \S+ \S+ trust|host \S+ \S+ \S+\/\d+ (trust|md5|reject))$/);
        }
      }),
      { numRuns: 25 },
    );
  });
});
