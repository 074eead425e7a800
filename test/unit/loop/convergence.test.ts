import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closingLine } from "../../../hooks/report/closing-line.ts";
import { anySizes } from "../../support/builders/arbitrary.ts";
import { topologyOf } from "../../support/builders/topology.ts";
import { clientWrites, rowsKept, troublesOf } from "../../support/fakes/health.ts";
import { look, run, runKilled } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";

/** What befalls a cluster: which pods go, in which order they come back and when, and whether a run dies over it. */
const anyEvent = fc.record({
  pods: fc.array(fc.nat({ max: 15 }), { maxLength: 6 }),
  swap: fc.boolean(),
  backAfterMs: fc.integer({ min: 0, max: 20_000 }),
  /** mgr's volume goes with its pod. */
  managerLost: fc.boolean(),
  killAtMs: fc.option(fc.integer({ min: 0, max: 3000 })),
});
type Event = typeof anyEvent extends fc.Arbitrary<infer T> ? T : never;

function befall(world: World, { pods, swap, backAfterMs, managerLost }: Event): void {
  if (managerLost) world.loseVolume("antdb-mgr-0");
  const names = [...world.pods.keys()];
  const hit = [...new Set(pods.flatMap((index) => names[index % names.length] ?? []))];
  const addresses = hit.map((name) => world.pod(name).ip ?? world.nextAddress());
  for (const name of hit) world.takeDown(name);
  if (swap) addresses.unshift(...addresses.splice(-1));
  hit.forEach((name, index) => {
    const address = swap ? addresses[index] : world.nextAddress();
    world.clock.after(backAfterMs * index, () => world.bringBack(name, address));
  });
}

describe("any cluster, whatever befalls it", () => {
  it("is brought to what is asked for, loses no row, and then there is nothing to do", async () => {
    await fc.assert(
      fc.asyncProperty(
        anySizes,
        anySizes,
        fc.array(anyEvent, { maxLength: 3 }),
        async (sizes, more, events) => {
          const world = new World(topologyOf(sizes));
          const first = await run(world, topologyOf(sizes));
          expect(first.result.end).toBe("converged");
          clientWrites(world, 999);
          for (const event of events) {
            befall(world, event);
            if (event.killAtMs !== null) await runKilled(world, topologyOf(sizes), { atMs: event.killAtMs });
          }
          const larger = topologyOf({
            gcs: Math.max(sizes.gcs, more.gcs),
            cn: Math.max(sizes.cn, more.cn),
            dn: Math.max(sizes.dn, more.dn),
            ds: sizes.ds === 0 ? 0 : Math.max(sizes.dn, more.dn),
          });
          world.grow(larger);
          const { result } = await run(world, larger);
          expect("failure" in result ? result.failure.message : result.end).toBe("converged");
          expect(troublesOf(world, larger)).toEqual([]);
          expect(rowsKept(world)).toBe(999);
          expect(world.audit.initAlls).toHaveLength(1);
          expect(world.audit.wiped).toEqual([]);
          expect((await look(world, larger)).plan).toEqual({ stages: [], leftAlone: [] });
          const again = await run(world, larger);
          expect(again.process.changes).toEqual([]);
          expect(closingLine("reconcile", again.result, larger.release)).toContain("nothing to do");
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});
