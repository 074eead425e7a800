import { describe, expect, it } from "vitest";
import { rowsKept } from "../support/fakes/health.ts";
import { runKilled } from "../support/fakes/runs.ts";
import { expectTheEnd, scenarios } from "../support/fakes/scenarios.ts";

describe.each(scenarios)("$name", ({ topology, prepare, stepMs }) => {
  it.each(["before", "after"] as const)("killed %s each change, the next run ends the same", async (when) => {
    for (let change = 1; ; change += 1) {
      const world = await prepare();
      const had = rowsKept(world);
      const killed = await runKilled(world, topology, { change, when });
      if (killed.survived) {
        expect(change).toBeGreaterThan(10);
        return;
      }
      const at = `${when} ${killed.process.changes.at(-1) ?? ""}`;
      await expectTheEnd(world, topology, had).catch((error: unknown) => {
        throw new Error(`killed ${at} (change ${change})`, { cause: error });
      });
    }
  });

  it("killed at each moment, the next run ends the same", async () => {
    for (let atMs = 20; ; atMs += stepMs) {
      const world = await prepare();
      const had = rowsKept(world);
      const { survived } = await runKilled(world, topology, { atMs });
      if (survived) {
        expect(atMs / stepMs).toBeGreaterThan(10);
        return;
      }
      await expectTheEnd(world, topology, had).catch((error: unknown) => {
        throw new Error(`killed ${atMs} ms after its start`, { cause: error });
      });
    }
  });
});
