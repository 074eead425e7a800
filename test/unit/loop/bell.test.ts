import { expect, it } from "vitest";
import { topologyOf } from "../../support/builders/topology.ts";
import { startWatch } from "../../support/fakes/fake-watch.ts";
import { run } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";

const topology = topologyOf();

/** How long after its pod came back a node is started, when it came back `awayMs` after it went. */
async function reactionMs(awayMs: number): Promise<number> {
  const world = new World(topology);
  await run(world, topology);
  const watch = startWatch(world, { topology: () => topology });
  await world.clock.sleep(5000);
  world.takeDown("antdb-dn-0");
  watch.ring();
  await world.clock.sleep(awayMs);
  world.bringBack("antdb-dn-0");
  watch.ring();
  const backMs = world.clock.nowMs();
  const begun = (): boolean =>
    watch.started.log.events.some(
      (event) => event.event === "action-started" && event.target === "dn_0" && event.action === "alter-host",
    );
  while (!begun() && world.clock.nowMs() < backMs + 10_000) await world.clock.sleep(10);
  await watch.stop();
  return world.clock.nowMs() - backMs;
}

it("a pod that comes while a pass waits for it is seen at the bell, not after a pause", async () => {
  const reactions: Record<number, number> = {};
  for (let awayMs = 300; awayMs < 3000; awayMs += 220) {
    const ms = await reactionMs(awayMs);
    if (ms > 350) reactions[awayMs] = ms;
  }
  expect(reactions).toEqual({});
});
