import { describe, expect, it } from "vitest";
import type { Topology } from "../../hooks/model/topology.ts";
import { guarded, runGuard } from "../support/fakes/guards.ts";
import { rowsKept } from "../support/fakes/health.ts";
import type { Kill } from "../support/fakes/process.ts";
import { runKilled } from "../support/fakes/runs.ts";
import {
  bare,
  expectTheEnd,
  initialised,
  large,
  retuned,
  small,
  tuned,
  wide,
} from "../support/fakes/scenarios.ts";
import type { World } from "../support/fakes/world.ts";

interface Upgrade {
  readonly name: string;
  readonly from: Topology;
  readonly to: Topology;
}

const upgrades: readonly Upgrade[] = [
  { name: "a coordinator and a pair more", from: small, to: large },
  { name: "a coordinator and every standby fewer", from: wide, to: bare },
  { name: "other parameters, and the restarts they need", from: tuned, to: retuned },
];

/** `helm upgrade`, killed at one change: in the guard, or in the reconcile after it. True when it came to its end before. */
async function upgradeKilled(world: World, to: Topology, kill: Kill): Promise<boolean> {
  const before = await runGuard(world, to, kill);
  if (before.report === "killed") return false;
  expect(before.report.result.end).toBe("converged");
  world.grow(to);
  world.shrink(to);
  const change = kill.change - before.process.changes.length;
  return (await runKilled(world, to, { ...kill, change })).survived;
}

/** `helm rollback`, all of it. */
async function rollback(world: World, to: Topology, had: number): Promise<void> {
  const { result } = await guarded(world, to);
  expect("failure" in result ? result.failure.message : result.end).toBe("converged");
  world.grow(to);
  world.shrink(to);
  await expectTheEnd(world, to, had);
}

describe.each(upgrades)("helm rollback of an upgrade to $name", ({ from, to }) => {
  it.each(["before", "after"] as const)(
    "that was killed %s any one of its changes: all is as it was, nothing is lost",
    async (when) => {
      for (let change = 1; ; change += 1) {
        const world = await initialised(from);
        const had = rowsKept(world);
        const survived = await upgradeKilled(world, to, { change, when });
        await rollback(world, from, had).catch((error: unknown) => {
          throw new Error(`killed ${when} change ${change}`, { cause: error });
        });
        if (!survived) continue;
        expect(change).toBeGreaterThan(10);
        return;
      }
    },
  );
});
