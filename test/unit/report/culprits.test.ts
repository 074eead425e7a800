import { describe, expect, it } from "vitest";
import type { PodFact } from "../../../hooks/model/snapshot.ts";
import type { Knock } from "../../../hooks/model/trial.ts";
import { findCulprits } from "../../../hooks/report/culprits.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";

const topology = topologyOf({ cn: 1, dn: 2, ds: 0, gcs: 0 });
const podNames = [...topology.nodes.map(({ pod }) => pod), topology.managerPod];

function pods(changed: Readonly<Record<string, Partial<PodFact>>> = {}): ReadonlyMap<string, PodFact> {
  return new Map(
    podNames.map((name, index): [string, PodFact] => [
      name,
      {
        name,
        role: "x",
        uid: name,
        ip: `10.0.0.${index + 1}`,
        ready: true,
        terminating: false,
        ...changed[name],
      },
    ]),
  );
}
const blame = (evidence: Partial<Parameters<typeof findCulprits>[1]>): readonly string[] =>
  findCulprits(topology, { pods: pods(), knocks: new Map(), ...evidence }).map(
    ({ node, reason }) => `${node}: ${reason}`,
  );
const knocks = (found: Readonly<Record<string, Knock>>): ReadonlyMap<ReturnType<typeof n>, Knock> =>
  new Map(Object.entries(found).map(([name, knock]) => [n(name), knock]));

describe("who is to blame", () => {
  it("is nobody when all pods are well", () => expect(blame({})).toEqual([]));

  it.each<[Partial<PodFact>, string]>([
    [{ terminating: true }, "pod antdb-dn-1 is ending"],
    [
      { trouble: { kind: "unplaced", words: "not placed on any host: 0/3 nodes are available" } },
      "pod antdb-dn-1: not placed on any host: 0/3 nodes are available",
    ],
    [{ ready: false }, "pod antdb-dn-1 is not ready"],
  ])("a pod that is %j", (change, reason) => {
    expect(blame({ pods: pods({ "antdb-dn-1": change }) })).toEqual([`dn_1: ${reason}`]);
  });

  it("the manager's pod, which no node stands for", () => {
    expect(blame({ pods: pods({ "antdb-mgr-0": { ready: false } }) })).toEqual([
      "manager: pod antdb-mgr-0 is not ready",
    ]);
  });

  it("the datanode that is silent while others answer", () => {
    expect(
      blame({ knocks: knocks({ gc_0: "answers", cn_0: "answers", dn_0: "answers", dn_1: "silent" }) }),
    ).toEqual(["dn_1: pod antdb-dn-1 does not answer on port 5433"]);
  });

  it("nobody for silence that a network policy makes: every port but the coordinators' is closed", () => {
    expect(
      blame({ knocks: knocks({ gc_0: "silent", cn_0: "answers", dn_0: "silent", dn_1: "silent" }) }),
    ).toEqual([]);
  });

  it("the node whose address the engine named, and no other of like beginning", () => {
    const said =
      'could not connect to server: Is the server running on host "10.0.0.4" and accepting connections on port 5433?';
    expect(blame({ said })).toEqual(["dn_1: a coordinator can't work with pod antdb-dn-1 at 10.0.0.4"]);
    expect(blame({ said: "no route to 10.0.0.41." })).toEqual([]);
  });
});
