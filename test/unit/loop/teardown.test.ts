import { describe, expect, it } from "vitest";
import { runOnce } from "../../../hooks/loop/reconcile.ts";
import { teardown } from "../../../hooks/loop/teardown.ts";
import { topologyOf } from "../../support/builders/topology.ts";
import { clientWrites, rowsKept, troublesOf } from "../../support/fakes/health.ts";
import { run, startProcess } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";

const topology = topologyOf();
const neverStop = new AbortController().signal;
const boundMs = 50_000;

async function initialised(): Promise<World> {
  const world = new World(topology);
  await run(world, topology);
  clientWrites(world, 1000);
  return world;
}

const tearDown = (world: World) => teardown(topology, startProcess(world).ports, boundMs, neverStop);
const running = (world: World): string[] =>
  [...world.pods.values()].filter((pod) => pod.running).map(({ name }) => name);

describe("teardown", () => {
  it("stops every node, deletes nothing, and the cluster can be had again", async () => {
    const world = await initialised();
    expect(await tearDown(world)).toEqual({ stopped: true });
    expect(running(world)).toEqual([]);
    expect(rowsKept(world)).toBe(1000);
    await run(world, topology);
    expect(troublesOf(world, topology)).toEqual([]);
    expect(rowsKept(world)).toBe(1000);
  });

  it("has nothing to stop where nothing was initialised", async () => {
    expect(await tearDown(new World(topology))).toEqual({ stopped: false });
  });

  it("stops the others within its bound when a pod is gone", async () => {
    const world = await initialised();
    world.takeDown("antdb-dn-0");
    const begunMs = world.clock.nowMs();
    await tearDown(world);
    expect(world.clock.nowMs() - begunMs).toBeLessThan(boundMs + 1000);
    expect(running(world)).toEqual([]);
    expect(rowsKept(world)).toBe(1000);
  });

  it("leaves a cluster without its manager to the pods themselves, and says so", async () => {
    const world = await initialised();
    world.takeDown("antdb-mgr-0");
    expect(await tearDown(world)).toMatchObject({
      stopped: false,
      warning: { facts: { code: "manager-away", object: "pod antdb-mgr-0" } },
    });
  });

  it("waits for a run that still writes, so that what it stops stays stopped", async () => {
    const world = await initialised();
    world.moveAll();
    const other = runOnce(topology, startProcess(world).ports, { limitMs: 270_000, stop: neverStop });
    expect(await tearDown(world)).toEqual({ stopped: true });
    await other;
    expect(running(world)).toEqual([]);
  });

  it("does not wait for ever for one that will not let go", async () => {
    const world = await initialised();
    await startProcess(world).ports.lease.acquire(neverStop);
    expect(await tearDown(world)).toEqual({ stopped: true });
    expect(running(world)).toEqual([]);
  });
});
