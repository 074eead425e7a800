import { describe, expect, it } from "vitest";
import { guarded, runGuard } from "../support/fakes/guards.ts";
import { rowsKept } from "../support/fakes/health.ts";
import { type Cut, cutKinds } from "../support/fakes/process.ts";
import { run } from "../support/fakes/runs.ts";
import { bare, expectTheEnd, initialised, scenarios, wide } from "../support/fakes/scenarios.ts";

/** @param meet lets one change meet its trouble, and sees what comes of it; false when there was no such change */
async function atEachChange(
  how: Cut["how"],
  meet: (cut: Cut) => Promise<{ readonly changes: readonly string[]; after: () => Promise<void> }>,
): Promise<void> {
  for (let change = 1; ; change += 1) {
    const { changes, after } = await meet({ change, how });
    if (changes.length < change) {
      expect(change).toBeGreaterThan(10);
      return;
    }
    await after().catch((error: unknown) => {
      throw new Error(`${how}: ${changes[change - 1] ?? ""} (change ${change})`, { cause: error });
    });
  }
}

const title = "a connection that is %s, at each change: it ends the same, nothing is done twice";

describe.each(scenarios)("$name", ({ topology, prepare }) => {
  it.each(cutKinds)(title, (how) =>
    atEachChange(how, async (cut) => {
      const world = await prepare();
      const had = rowsKept(world);
      const { process } = await run(world, topology, cut);
      return { changes: process.changes, after: () => expectTheEnd(world, topology, had) };
    }),
  );
});

describe("a guard that takes a coordinator and every standby out", () => {
  it.each(cutKinds)(title, (how) =>
    atEachChange(how, async (cut) => {
      const world = await initialised(wide);
      const had = rowsKept(world);
      const { process } = await runGuard(world, bare, cut);
      const after = async (): Promise<void> => {
        const { result } = await guarded(world, bare);
        expect("failure" in result ? result.failure.message : result.end).toBe("converged");
        world.shrink(bare);
        await expectTheEnd(world, bare, had);
      };
      return { changes: process.changes, after };
    }),
  );
});
