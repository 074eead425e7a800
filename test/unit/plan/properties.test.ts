import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makePlan } from "../../../hooks/plan/plan.ts";
import { stages } from "../../../hooks/plan/stages.ts";
import { renderPlan } from "../../../hooks/report/plan-text.ts";
import { makeStatus, renderStatus } from "../../../hooks/report/status.ts";
import { anyWorld } from "../../support/builders/any-draft.ts";
import { snapshotOf, type Draft } from "../../support/builders/snapshot.ts";
import type { Plan } from "../../../hooks/model/action.ts";
import type { NodeName, Topology } from "../../../hooks/model/topology.ts";

const runs = { numRuns: 400 };
const forAny = (check: (seen: { topology: Topology; draft: Draft; plan: Plan }) => void): void =>
  fc.assert(
    fc.property(anyWorld, ({ topology, draft }) => {
      check({ topology, draft, plan: makePlan(topology, snapshotOf(topology, draft)) });
    }),
    runs,
  );

const actionsOf = (plan: Plan) => plan.stages.flatMap(({ steps }) => steps.map(({ action }) => action));
const hasFiles = (draft: Draft): boolean => [...draft.sizes.values()].some((bytes) => bytes >= 65_536);

const listedAnywhere = (draft: Draft, name: string): boolean =>
  [...draft.facts.values()].some(
    (fact) => fact.state === "up" && fact.catalog.some((row) => row.name === name),
  );

/** It was kept as a member, it runs as a standby, or a coordinator that runs lists it. */
const isProved = (draft: Draft, name: NodeName): boolean => {
  const kept = draft.kept.state === "kept" ? draft.kept.catalog.nodes : [];
  const fact = draft.facts.get(name);
  const follows = fact?.state === "up" && fact.inRecovery;
  return follows || listedAnywhere(draft, name) || kept.some((node) => node.name === name && node.inCluster);
};

describe("a plan for any world", () => {
  it("is finite: no action twice, each stage once, in the stages' order", () => {
    forAny(({ plan }) => {
      const order = plan.stages.map(({ name }) => stages.findIndex((stage) => stage.name === name));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      expect(new Set(order).size).toBe(order.length);
      const seen = actionsOf(plan).map((action) => JSON.stringify(action));
      expect(new Set(seen).size).toBe(seen.length);
    });
  });

  it("never initialises when any node is a member", () => {
    forAny(({ plan, draft }) => {
      if (draft.rows.some(({ inCluster }) => inCluster))
        expect(actionsOf(plan).map(({ kind }) => kind)).not.toContain("initialise");
    });
  });

  it("never initialises over files unless it was begun by the program itself", () => {
    forAny(({ plan, draft }) => {
      if (draft.journal !== "begun" && hasFiles(draft))
        expect(actionsOf(plan).map(({ kind }) => kind)).not.toContain("initialise");
    });
  });

  it("cleans only a try of its own that was cut off, and never once one is a member", () => {
    forAny(({ plan, draft }) => {
      const cleans = actionsOf(plan).some((action) => action.kind === "initialise" && action.recover);
      if (!cleans) return;
      expect(draft.journal).toBe("begun");
      expect(draft.rows.filter(({ inCluster }) => inCluster)).toEqual([]);
    });
  });

  it("appends only what is defined, was never initialised, and proved to be empty", () => {
    forAny(({ plan, draft }) => {
      for (const action of actionsOf(plan)) {
        if (action.kind !== "append-node") continue;
        expect(draft.rows.find(({ name }) => name === action.target)).toMatchObject({
          initialised: false,
          inCluster: false,
        });
        const bytes = draft.sizes.get(action.target);
        if (action.clean === true)
          expect(draft.departures).toContainEqual({ node: action.target, kind: action.as, bytes });
        else expect(bytes).toBe(0);
      }
    });
  });

  it("takes out what holds a copy or nothing, never a master of rows or of transactions", () => {
    forAny(({ plan, draft, topology }) => {
      for (const action of actionsOf(plan)) {
        if (action.kind !== "remove-node" && action.kind !== "drop-node") continue;
        const row = draft.rows.find(({ name }) => name === action.target);
        expect(topology.nodes.map(({ name }) => name)).not.toContain(action.target);
        expect([action.kind, row?.inCluster]).toEqual([action.kind, action.kind === "remove-node"]);
        if (action.kind === "remove-node") expect(row?.kind).toMatch(/^coordinator master$| slave$/);
        if (action.kind === "drop-node" && row?.kind === "datanode master" && draft.journal !== "begun")
          expect(listedAnywhere(draft, row.name)).toBe(false);
      }
    });
  });

  it("takes a datanode master off the lists only when nothing lies on it, and out only when no list has it", () => {
    forAny(({ plan, draft }) => {
      for (const action of actionsOf(plan)) {
        // A half-added one is proved empty by who takes it off, under the lock.
        if (
          action.kind === "unlist-datanode" &&
          draft.rows.some((row) => row.name === action.target && row.inCluster)
        )
          expect(draft.placed.get(action.target)).toEqual([]);
        if (action.kind === "expel-datanode") expect(listedAnywhere(draft, action.target)).toBe(false);
      }
    });
  });

  it("clears a half-added node only where the program's own note says whose doing it is, and no member, and no master of rows on a list", () => {
    forAny(({ plan, draft }) => {
      for (const action of actionsOf(plan)) {
        if (action.kind !== "clear-append") continue;
        const row = draft.rows.find(({ name }) => name === action.target);
        expect(row).toMatchObject({ inCluster: false, kind: action.as });
        expect(action.as).not.toBe("gtmcoord master");
        const own = draft.appends.some(({ node, kind }) => node === action.target && kind === action.as);
        expect(own || draft.journal === "begun").toBe(true);
        expect(listedAnywhere(draft, action.target)).toBe(false);
      }
    });
  });

  it("strikes and unlists as leftovers only what is no member", () => {
    forAny(({ plan, draft }) => {
      const member = (name: string): boolean => draft.rows.some((row) => row.name === name && row.inCluster);
      for (const action of actionsOf(plan)) {
        if (action.kind === "strike-rows") expect(action.names.filter(member)).toEqual([]);
        if (action.kind === "unlist-datanode" && action.silent === true)
          expect(member(action.target)).toBe(false);
      }
    });
  });

  it("cleans a node's directory only as the very one that it left behind", () => {
    forAny(({ plan }) => {
      for (const action of actionsOf(plan))
        if (action.kind === "append-node" && action.clean === true)
          expect(action.as).toMatch(/^coordinator master$| slave$/);
    });
  });

  it("starts no member whose volume is empty, and says so instead", () => {
    forAny(({ plan, draft }) => {
      for (const action of actionsOf(plan))
        if (action.kind === "start-node")
          expect(draft.sizes.get(action.target) ?? 40_000_000).toBeGreaterThan(0);
    });
  });

  it("gives no two hosts one address, once its corrections are made", () => {
    forAny(({ plan, draft, topology }) => {
      if (draft.busy) return;
      const after = new Map(draft.hosts.map(({ name, address }) => [name, address]));
      for (const action of actionsOf(plan))
        if (action.kind === "alter-host" || action.kind === "add-host")
          after.set(action.target, action.address);
      const live = topology.nodes.flatMap(({ name, pod }) => {
        const fact = draft.pods.get(pod);
        return fact?.ip === undefined || fact.terminating ? [] : [[name, fact.ip] as const];
      });
      for (const [name, ip] of live)
        for (const [other, address] of after)
          if (other !== name) expect([other, address]).not.toEqual([other, ip]);
    });
  });

  it("does nothing at all beside a command that still runs", () => {
    forAny(({ plan, draft }) => {
      if (draft.busy) expect(actionsOf(plan).map(({ kind }) => kind)).toEqual(["wait"]);
    });
  });

  it("leaves nobody in the dark: a node that is no running member is in the plan or left alone", () => {
    forAny(({ plan, draft, topology }) => {
      if (draft.busy || plan.leftAlone.some(({ blocks }) => blocks)) return;
      if (actionsOf(plan).length > 0) return;
      for (const { name } of topology.nodes) {
        expect(draft.rows.find((row) => row.name === name)).toMatchObject({ inCluster: true });
        expect([name, draft.facts.get(name)?.state]).toEqual([name, "up"]);
      }
    });
  });

  it("rebuilds a catalog only beside no member, with nobody to contradict it", () => {
    forAny(({ plan, draft }) => {
      const [action] = actionsOf(plan).filter(({ kind }) => kind === "rebuild-catalog");
      if (action?.kind !== "rebuild-catalog") return;
      expect(draft.rows.filter(({ inCluster }) => inCluster)).toEqual([]);
      expect(draft.journal).not.toBe("begun");
      expect([...draft.facts.values()].filter(({ state }) => state === "refused")).toEqual([]);
      const { nodes, hosts } = action.catalog;
      expect(nodes.filter(({ kind }) => kind === "gtmcoord master")).toHaveLength(1);
      expect(new Set(hosts.map(({ address }) => address)).size).toBe(hosts.length);
      for (const { name, kind, master, inCluster } of nodes) {
        const fact = draft.facts.get(name);
        if (fact?.state === "up") expect([name, fact.inRecovery]).toEqual([name, kind.endsWith(" slave")]);
        if (master !== undefined) expect(nodes.map((node) => node.name)).toContain(master);
        if (!inCluster) continue;
        expect([name, isProved(draft, name)]).toEqual([name, true]);
      }
    });
  });

  it("moves no client while a catalog is lost", () => {
    forAny(({ plan, draft }) => {
      const lost = !draft.rows.some(({ inCluster }) => inCluster) && draft.journal !== "begun";
      const alive = [...draft.facts.values()].some(({ state }) => state === "up" || state === "refused");
      if (lost && alive)
        expect(actionsOf(plan).map(({ kind }) => kind)).not.toEqual(
          expect.arrayContaining([expect.stringMatching(/^(label|withdraw)-pod$/)]),
        );
    });
  });

  it("is the same for the same world, and can be printed", () => {
    forAny(({ plan, draft, topology }) => {
      const snapshot = snapshotOf(topology, draft);
      expect(makePlan(topology, snapshot)).toEqual(plan);
      for (const text of [renderPlan(plan), renderStatus(makeStatus(topology, snapshot, plan))])
        expect(text).not.toMatch(/undefined|\[object/);
    });
  });
});
