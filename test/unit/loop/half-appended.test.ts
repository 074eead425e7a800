import fc from "fast-check";
import { describe, it } from "vitest";
import { anySizes } from "../../support/builders/arbitrary.ts";
import { grownBy } from "../../support/builders/any-upgrade.ts";
import { topologyOf } from "../../support/builders/topology.ts";
import { clientWrites } from "../../support/fakes/health.ts";
import { run, runKilled } from "../../support/fakes/runs.ts";
import { expectTheEnd } from "../../support/fakes/scenarios.ts";
import { World } from "../../support/fakes/world.ts";

const manager = "antdb-mgr-0";

const anyMoment = fc.oneof(
  fc.integer({ min: 0, max: 3000 }),
  // The lists, the flags and the restart, one after the other.
  fc.integer({ min: 2300, max: 2600 }),
);

/** What happens in the midst of an APPEND: the run is killed or not, and who goes down at that moment. */
const anyCut = fc.record({
  append: fc.integer({ min: 1, max: 5 }),
  afterMs: anyMoment,
  killed: fc.boolean(),
  down: fc.constantFrom("nobody", "the manager", "the manager", "a pod", "all"),
  pod: fc.nat({ max: 15 }),
  /** What went down is back after so long. */
  backAfterMs: fc.integer({ min: 0, max: 5000 }),
});
/** So many more; the ds of a cluster without standbys come for all its datanodes. */
const anyMore = fc.record({
  gcs: fc.nat({ max: 1 }),
  cn: fc.nat({ max: 2 }),
  dn: fc.nat({ max: 2 }),
  ds: fc.nat({ max: 1 }),
});
type Cut = typeof anyCut extends fc.Arbitrary<infer T> ? T : never;

function strike(world: World, { down, pod, backAfterMs }: Cut): void {
  const names = [...world.pods.keys()];
  const one = down === "the manager" ? manager : names[pod % names.length];
  const hit = down === "nobody" ? [] : down === "all" ? names : [one];
  for (const name of hit) {
    if (name === undefined) continue;
    world.takeDown(name);
    world.clock.after(backAfterMs, () => world.bringBack(name));
  }
}

describe("APPENDs that are cut off, whatever goes down with them", () => {
  it("the next run ends the same: nothing is done twice, no row is lost", async () => {
    await fc.assert(
      fc.asyncProperty(
        anySizes,
        anyMore,
        fc.array(anyCut, { minLength: 1, maxLength: 4 }),
        async (sizes, more, cuts) => {
          const world = new World(topologyOf(sizes));
          await run(world, topologyOf(sizes));
          clientWrites(world, 999);
          const larger = grownBy(sizes, {
            gcs: sizes.gcs + more.gcs,
            cn: sizes.cn + more.cn,
            dn: sizes.dn + more.dn,
            ds: more.ds,
          });
          world.grow(larger);
          for (const cut of cuts) {
            const { append, afterMs, killed } = cut;
            const event = (): void => strike(world, cut);
            if (!killed) await run(world, larger, { append, afterMs, event });
            else if (!(await runKilled(world, larger, { append, afterMs })).survived) event();
          }
          // The moment of the last one may be after its APPEND.
          await world.clock.sleep(10_000);
          await expectTheEnd(world, larger, 999);
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});
