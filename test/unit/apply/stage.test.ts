import { describe, expect, it } from "vitest";
import { applyStage } from "../../../hooks/apply/stage.ts";
import type { ApplyContext } from "../../../hooks/apply/context.ts";
import type { Action, Step } from "../../../hooks/model/action.ts";
import { n, topologyOf } from "../../support/builders/topology.ts";
import { look, startProcess, type Started } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";

const topology = topologyOf();
const inTurn = { together: false };
const sideBySide = { together: true };
const step = (action: Action): Step => ({ action, reason: "why", disturbance: "none" });
const addHost = (name: string, address: string): Step => step({ kind: "add-host", target: n(name), address });
const stageOf = (...steps: Step[]) => ({ name: "stage", steps });

async function contextOf(
  world: World,
  signal = new AbortController().signal,
): Promise<ApplyContext & Started> {
  const { snapshot } = await look(world, topology);
  const started = startProcess(world);
  const context = {
    ...started.ports,
    topology,
    snapshot,
    signal,
    stopping: signal,
    remainingMs: () => 270_000,
  };
  return { ...context, ...started };
}

describe("applyStage", () => {
  it("one after the other: what comes after a failure is not begun", async () => {
    const world = new World(topology);
    const context = await contextOf(world);
    const steps = [addHost("gc_0", "10.0.0.1"), addHost("cn_0", "10.0.0.1"), addHost("dn_0", "10.0.0.3")];
    const outcomes = await applyStage(stageOf(...steps), inTurn, context);
    expect(outcomes.map(({ failure }) => failure?.facts.what)).toEqual([
      undefined,
      'address "10.0.0.1" is already in host table',
    ]);
    expect(world.manager.hosts.map(({ name }) => name)).toEqual(["gc_0"]);
  });

  it("side by side: one that fails keeps none from being done", async () => {
    const world = new World(topology);
    const context = await contextOf(world);
    const steps = [addHost("gc_0", "10.0.0.1"), addHost("cn_0", "nowhere"), addHost("dn_0", "10.0.0.3")];
    const outcomes = await applyStage(stageOf(...steps), sideBySide, context);
    expect(outcomes.map(({ step: { action }, failure }) => [action.target, failure === undefined])).toEqual([
      ["cn_0", false],
      ["dn_0", true],
      ["gc_0", true],
    ]);
  });

  it("so many at a time, in their order", async () => {
    const context = await contextOf(new World(topology));
    const steps = [addHost("gc_0", "10.0.0.1"), addHost("cn_0", "10.0.0.2"), addHost("dn_0", "10.0.0.3")];
    const outcomes = await applyStage(stageOf(...steps), { together: true, atOnce: 2 }, context);
    expect(outcomes.every(({ failure }) => failure === undefined)).toBe(true);
    const told = context.log.events.flatMap((one) =>
      one.event === "action-started" || one.event === "action-done" ? [`${one.event} ${one.target}`] : [],
    );
    expect(told.slice(0, 2)).toEqual(["action-started gc_0", "action-started cn_0"]);
    expect(told.indexOf("action-started dn_0")).toBeGreaterThan(told.indexOf("action-done gc_0"));
    expect(told).toHaveLength(6);
  });

  it("logs each action's beginning and end", async () => {
    const context = await contextOf(new World(topology));
    await applyStage(stageOf(addHost("gc_0", "10.0.0.1"), addHost("cn_0", "nowhere")), inTurn, context);
    expect(context.log.events.map(({ event, level }) => [event, level])).toEqual([
      ["action-started", "info"],
      ["action-done", "info"],
      ["action-started", "info"],
      ["action-failed", "warn"],
    ]);
  });

  it("begins nothing once it is told to stop", async () => {
    const world = new World(topology);
    const context = await contextOf(world, AbortSignal.abort(new Error("SIGTERM")));
    const outcomes = await applyStage(stageOf(addHost("gc_0", "10.0.0.1")), inTurn, context);
    expect(outcomes[0]?.failure?.message).toContain("SIGTERM");
    expect(world.manager.hosts).toEqual([]);
  });

  it("an action on a node whose pod went away meanwhile is worth another try", async () => {
    const world = new World(topology);
    const context = await contextOf(world);
    world.takeDown("antdb-dn-0");
    const { snapshot } = await look(world, topology);
    const write = step({ kind: "write-hba", target: n("dn_0"), lines: [] });
    const [outcome] = await applyStage(stageOf(write), inTurn, { ...context, snapshot });
    expect(outcome?.failure?.facts).toMatchObject({ class: "retry", code: "pod-away", object: "dn_0" });
  });

  it("a name nobody asked for is a bug, and is named", async () => {
    const context = await contextOf(new World(topology));
    const write = step({ kind: "write-hba", target: n("stranger_9"), lines: [] });
    const [outcome] = await applyStage(stageOf(write), inTurn, context);
    expect(outcome?.failure?.facts).toMatchObject({ class: "bug", object: "stranger_9" });
  });
});
