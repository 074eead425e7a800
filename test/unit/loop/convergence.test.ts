import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closingLine } from "../../../hooks/report/closing-line.ts";
import { anySizes } from "../../support/builders/arbitrary.ts";
import { topologyOf } from "../../support/builders/topology.ts";
import { anyEvent, befall } from "../../support/fakes/befall.ts";
import { clientWrites, rowsKept, troublesOf } from "../../support/fakes/health.ts";
import { look, run, runKilled } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";

/** An event, and whether a run dies over it. */
const anyTrouble = fc.record({
  event: anyEvent,
  killAtMs: fc.option(fc.integer({ min: 0, max: 3000 })),
});

describe("any cluster, whatever befalls it", () => {
  it("is brought to what is asked for, loses no row, and then there is nothing to do", async () => {
    await fc.assert(
      fc.asyncProperty(
        anySizes,
        anySizes,
        fc.array(anyTrouble, { maxLength: 3 }),
        async (sizes, more, troubles) => {
          const world = new World(topologyOf(sizes));
          const first = await run(world, topologyOf(sizes));
          expect(first.result.end).toBe("converged");
          clientWrites(world, 999);
          for (const { event, killAtMs } of troubles) {
            befall(world, event);
            if (killAtMs !== null) await runKilled(world, topologyOf(sizes), { atMs: killAtMs });
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
          expect(world.audit.wiped.filter(({ rows, member }) => rows > 0 || member)).toEqual([]);
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
