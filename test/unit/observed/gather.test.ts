import { describe, expect, it } from "vitest";
import { gatherSnapshot, type GatherPorts } from "../../../hooks/observed/gather.ts";
import { Failure } from "../../../hooks/model/failure.ts";
import type { ManagerFacts, ManagerNode, NodeFact, PodFact } from "../../../hooks/model/snapshot.ts";
import type { NodeName } from "../../../hooks/model/topology.ts";
import type { Manager } from "../../../hooks/ports/manager.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";
import { makeFakeLog } from "../../support/fakes/fake-log.ts";
import { VirtualClock } from "../../support/fakes/virtual-clock.ts";

const topology = topologyOf({ gc: 1, gcs: 0, cn: 1, dn: 1, ds: 1 });
const options = { signal: new AbortController().signal, lookTimeoutMs: 100 };
const up: NodeFact = { state: "up", inRecovery: false, hba: [], catalog: [], standbys: [] };

const pod = (name: string, more: Partial<PodFact> = {}): PodFact => ({
  name,
  role: name.split("-")[1] ?? "",
  uid: name,
  ip: `10.0.0.${name.length}`,
  ready: true,
  terminating: false,
  ...more,
});
const homeless: PodFact = {
  name: "antdb-ds-0",
  role: "ds",
  uid: "x",
  ready: false,
  terminating: false,
  trouble: { kind: "unplaced", words: "no room" },
};
const allPods = ["mgr", "gc", "cn", "dn", "ds"].map((role) => pod(`antdb-${role}-0`));
const row = (name: string, kind: ManagerNode["kind"], member = true): ManagerNode => ({
  name: n(name),
  kind,
  host: name,
  port: 5433,
  path: "/d",
  initialised: member,
  inCluster: member,
  sync: "",
});
const members = [
  row("gc_0", "gtmcoord master"),
  row("cn_0", "coordinator master"),
  row("dn_0", "datanode master"),
  row("ds_0", "datanode slave"),
];

interface Given {
  readonly pods?: readonly PodFact[];
  readonly nodes?: readonly ManagerNode[];
  readonly look?: (name: string) => Promise<NodeFact>;
  readonly connect?: () => Promise<never>;
}

function setUp({ pods = allPods, nodes = members, look = () => Promise.resolve(up), connect }: Given = {}) {
  const asked: { sizes: (readonly NodeName[])[]; looks: string[]; closed: number } = {
    sizes: [],
    looks: [],
    closed: 0,
  };
  const facts: ManagerFacts = {
    address: "10.0.0.11",
    hosts: nodes.map(({ name }) => ({
      name,
      address: pod(`antdb-${name.replace("_", "-")}`).ip ?? "",
      agentPort: 8432,
    })),
    nodes,
    parameters: [],
    parameterNotes: [],
    knownSettings: new Map(),
    journal: "finished",
    departures: [],
    appends: [],
    busy: false,
    directoryBytes: new Map(),
  };
  const session = {
    readFacts: ({ sizes }: { sizes: readonly NodeName[] }) => {
      asked.sizes.push(sizes);
      return Promise.resolve({ ...facts, directoryBytes: new Map(sizes.map((name) => [name, 7])) });
    },
    [Symbol.asyncDispose]: () => {
      asked.closed += 1;
      return Promise.resolve();
    },
  } as unknown as Manager & AsyncDisposable;
  const ports = {
    kube: { listPods: () => Promise.resolve(pods) },
    hold: { read: () => Promise.resolve([]) },
    keeper: { read: () => Promise.resolve({ state: "empty" }) },
    managers: { connect: connect ?? (() => Promise.resolve(session)) },
    nodes: {
      look: ({ name }: { name: string }) => {
        asked.looks.push(name);
        return look(name);
      },
    },
    log: makeFakeLog(),
    clock: new VirtualClock(),
  } as unknown as GatherPorts;
  return { asked, gather: () => gatherSnapshot(topology, ports, options) };
}

describe("gatherSnapshot", () => {
  it("reads pods, manager and every node, and closes its sessions", async () => {
    const { gather, asked } = setUp();
    const snapshot = await gather();
    expect([...snapshot.nodes.values()]).toEqual([up, up, up, up]);
    expect(asked).toMatchObject({ sizes: [[]], closed: 1 });
  });

  it.each([
    ["there is no pod", allPods.slice(1), "it does not exist"],
    [
      "its pod is not ready",
      [pod("antdb-mgr-0", { ready: false }), ...allPods.slice(1)],
      "it is not ready yet",
    ],
    [
      "its pod is ending",
      [pod("antdb-mgr-0", { terminating: true }), ...allPods.slice(1)],
      "it is ending, another one comes",
    ],
    [
      "its pod has trouble",
      [pod("antdb-mgr-0", { trouble: { kind: "unplaced", words: "no room" } }), ...allPods.slice(1)],
      "no room",
    ],
  ])("has no manager to tell of when %s", async (_, pods, what) => {
    const { gather, asked } = setUp({ pods });
    const snapshot = await gather();
    expect(snapshot.manager).toBeUndefined();
    expect(snapshot.managerTrouble?.facts).toMatchObject({ class: "wait", what, object: "pod antdb-mgr-0" });
    expect(asked.looks).toEqual([]);
  });

  it("passes on why the manager does not answer", async () => {
    const failure = new Failure({ class: "wait", code: "manager-down", what: "refused", object: "manager" });
    const { gather } = setUp({ connect: () => Promise.reject(failure) });
    expect((await gather()).managerTrouble).toBe(failure);
  });

  it("does not look where there is nothing to see", async () => {
    const { gather, asked } = setUp({
      pods: [...allPods.slice(0, 3), homeless],
      nodes: members.filter(({ name }) => name !== "cn_0"),
    });
    const { nodes } = await gather();
    expect(asked.looks).toEqual(["gc_0"]);
    expect(nodes.get(n("cn_0"))).toMatchObject({
      state: "not-looked-at",
      reason: "not defined in the manager yet",
    });
    expect(nodes.get(n("dn_0"))).toMatchObject({ reason: "pod antdb-dn-0 does not exist" });
    expect(nodes.get(n("ds_0"))).toMatchObject({ reason: "no room" });
  });

  it("does not look at a node whose pod is ending: its address may be nobody's in a moment", async () => {
    const pods = allPods.map((each) => (each.name === "antdb-dn-0" ? { ...each, terminating: true } : each));
    const { gather, asked } = setUp({ pods });
    expect((await gather()).nodes.get(n("dn_0"))).toMatchObject({ reason: "pod antdb-dn-0 is ending" });
    expect(asked.looks).toEqual(["gc_0", "cn_0", "ds_0"]);
  });

  it("is not held up by a look that never ends", async () => {
    const { gather } = setUp({
      look: (name) => (name === "dn_0" ? new Promise(() => undefined) : Promise.resolve(up)),
    });
    const { nodes } = await gather();
    expect(nodes.get(n("dn_0"))).toMatchObject({ state: "unreachable" });
    expect(nodes.get(n("cn_0"))).toEqual(up);
  });

  it("asks for the sizes that decide something: of no members, and of members that are down", async () => {
    const down: NodeFact = { state: "down", detail: "refused" };
    const { gather, asked } = setUp({
      nodes: [...members.slice(0, 3), row("ds_0", "datanode slave", false)],
      look: (name) => Promise.resolve(name === "dn_0" || name === "ds_0" ? down : up),
    });
    const { manager } = await gather();
    expect(asked.sizes).toEqual([[], ["dn_0", "ds_0"]]);
    expect(Object.fromEntries(manager?.directoryBytes ?? [])).toEqual({ dn_0: 7, ds_0: 7 });
  });
});
