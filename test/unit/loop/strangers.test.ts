import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anySizes } from "../../support/builders/arbitrary.ts";
import { grownBy } from "../../support/builders/any-upgrade.ts";
import { topologyOf } from "../../support/builders/topology.ts";
import { clientWrites, trustOfNobody } from "../../support/fakes/health.ts";
import type { Stranger } from "../../support/fakes/network.ts";
import { run, runKilled } from "../../support/fakes/runs.ts";
import { expectTheEnd } from "../../support/fakes/scenarios.ts";
import { World } from "../../support/fakes/world.ts";

/** A pod goes, and its address is another's from now on: of a pod that is none of the release's, or of the next pod of it that comes. */
const anyLoss = fc.record({
  pod: fc.nat({ max: 15 }),
  stranger: fc.constantFrom<Stranger>("answers", "hangs"),
  /** It is back elsewhere after so long, or only when the run that misses it has given up. */
  backAfterMs: fc.option(fc.integer({ min: 0, max: 60_000 })),
});
type Loss = typeof anyLoss extends fc.Arbitrary<infer T> ? T : never;

/** Returns what brings the pods back that nobody else does. */
function lose(world: World, losses: readonly Loss[]): () => void {
  const names = [...world.pods.keys()];
  const gone = new Map(losses.map((loss) => [names[loss.pod % names.length] ?? "", loss]));
  for (const [name, { stranger, backAfterMs }] of gone) {
    const { ip } = world.pod(name);
    world.takeDown(name);
    if (ip !== undefined) world.network.strangers.set(ip, stranger);
    if (backAfterMs !== null) world.clock.after(backAfterMs, () => world.bringBack(name));
  }
  return () => {
    for (const [name] of gone) if (world.pod(name).ip === undefined) world.bringBack(name);
  };
}

describe("addresses of pods that are away, which are strangers' by now", () => {
  it("get nothing from the program, and no node trusts them when it is done", async () => {
    await fc.assert(
      fc.asyncProperty(
        anySizes,
        anySizes,
        fc.array(anyLoss, { minLength: 1, maxLength: 4 }),
        fc.option(fc.integer({ min: 0, max: 20_000 })),
        async (sizes, more, losses, killAtMs) => {
          const world = new World(topologyOf(sizes));
          await run(world, topologyOf(sizes));
          clientWrites(world, 999);
          const asked = grownBy(sizes, more);
          const bringBack = lose(world, losses);
          world.grow(asked);
          if (killAtMs !== null) await runKilled(world, asked, { atMs: killAtMs });
          const { result } = await run(world, asked);
          if (world.pod("antdb-mgr-0").ready) expect(trustOfNobody(world)).toEqual([]);
          bringBack();
          if (result.end !== "converged") await run(world, asked);
          await expectTheEnd(world, asked, 999);
          expect(world.network.strayed).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});
