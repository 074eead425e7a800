import { describe, expect, it } from "vitest";
import { teardown } from "../../../hooks/loop/teardown.ts";
import { Failure } from "../../../hooks/model/failure.ts";
import type { WatcherSwitch } from "../../../hooks/ports/kube.ts";
import { topologyOf } from "../../support/builders/topology.ts";
import { startWatch } from "../../support/fakes/fake-watch.ts";
import { run, startProcess } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";

const topology = topologyOf();
const neverStop = new AbortController().signal;

async function initialised(): Promise<World> {
  const world = new World(topology);
  await run(world, topology);
  return world;
}

const running = (world: World): string[] =>
  [...world.pods.values()].filter((pod) => pod.running).map(({ name }) => name);

describe("teardown beside a watcher", () => {
  it.each([0, 200, 1000, 2000])(
    "turns it off first: what was stopped stays stopped (told to end after %i ms)",
    async (afterMs) => {
      const world = await initialised();
      const watch = startWatch(world, { topology: () => topology });
      await world.clock.sleep(5000);
      let up = true;
      const watcher: WatcherSwitch = {
        turnOff: () => {
          world.clock.after(afterMs, () => void watch.stop().then(() => (up = false)));
          return Promise.resolve();
        },
        isUp: () => Promise.resolve(up),
      };
      // Every pod's end rings the bell.
      world.clock.after(100, () => watch.ring());
      const result = await teardown(topology, { ...startProcess(world).ports, watcher }, 50_000, neverStop);
      expect(result).toEqual({ stopped: true });
      await world.clock.sleep(60_000);
      expect(running(world)).toEqual([]);
    },
  );

  it("stops the cluster and warns when the watcher can't be turned off", async () => {
    const world = await initialised();
    const refused = new Failure({ class: "terminal", code: "api-forbidden", what: "no", object: "watcher" });
    const watcher = { turnOff: () => Promise.reject(refused), isUp: () => Promise.resolve(true) };
    const result = await teardown(topology, { ...startProcess(world).ports, watcher }, 50_000, neverStop);
    expect(result).toEqual({ stopped: true, warning: refused });
    expect(running(world)).toEqual([]);
  });

  it("does not wait for ever for one that will not go", async () => {
    const world = await initialised();
    const watcher = { turnOff: () => Promise.resolve(), isUp: () => Promise.resolve(true) };
    const begunMs = world.clock.nowMs();
    const result = await teardown(topology, { ...startProcess(world).ports, watcher }, 50_000, neverStop);
    expect(result.stopped).toBe(true);
    expect(world.clock.nowMs() - begunMs).toBeLessThan(25_000);
  });
});
