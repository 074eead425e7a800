import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Topology } from "../../../hooks/model/topology.ts";
import { anySizes } from "../../support/builders/arbitrary.ts";
import { type AnyUpgrade, anyUpgrade } from "../../support/builders/any-upgrade.ts";
import { topologyOf } from "../../support/builders/topology.ts";
import { befall } from "../../support/fakes/befall.ts";
import { runGuard } from "../../support/fakes/guards.ts";
import { clientWrites, rowsKept } from "../../support/fakes/health.ts";
import { run, runKilled } from "../../support/fakes/runs.ts";
import { expectTheEnd } from "../../support/fakes/scenarios.ts";
import {
  cleanReturned,
  datanodesLeaving,
  drainLeaving,
  helmApplies,
  holdsRows,
} from "../../support/fakes/upgrades.ts";
import { World } from "../../support/fakes/world.ts";

/** One that has ended by itself; a cluster that is ill is healed first, as the watcher of before does all the time. */
async function passesGuard(world: World, from: Topology, to: Topology): Promise<boolean> {
  const holds = holdsRows(world, from, to);
  const first = await runGuard(world, to);
  if (first.report !== "killed" && first.report.result.end === "converged") {
    expect(holds).toBe(false);
    return true;
  }
  await cleanReturned(world, from);
  const { report, process } = await runGuard(world, to);
  if (report === "killed") throw new Error("nobody kills it");
  const said = "failure" in report.result ? report.result.failure.message : report.result.end;
  if (!holds) expect(said).toBe("converged");
  else {
    expect(said).toMatch(/tables? lies? on it/);
    expect(process.changes).toEqual([]);
  }
  return !holds;
}

/** The upgrade from the guard to the end of reconcile; returns the topology that holds then. */
async function upgraded(world: World, from: Topology, upgrade: AnyUpgrade): Promise<Topology> {
  const to = topologyOf(upgrade.sizes);
  const { drained, guardKilled, givenUp, watcher, killed, event, eventWhen } = upgrade;
  const happens = (when: AnyUpgrade["eventWhen"]): void => {
    if (event !== null && when === eventWhen) befall(world, event);
  };
  if (drained) await drainLeaving(world, from, to);
  happens("before the guard");
  if (guardKilled !== null) await runGuard(world, to, guardKilled);
  if (guardKilled !== null && givenUp && datanodesLeaving(from, to).length === 0) return from;
  if (!(await passesGuard(world, from, to))) return from;
  happens("after the guard");
  if (watcher !== null) await runKilled(world, from, watcher);
  helmApplies(world, to);
  happens("after helm");
  if (killed !== null) await runKilled(world, to, killed);
  return to;
}

describe("any row of upgrades, up and down, whatever becomes of each", () => {
  it("ends in what is asked for or is refused for rows, and loses none", async () => {
    await fc.assert(
      fc.asyncProperty(
        anySizes,
        fc.array(anyUpgrade, { minLength: 1, maxLength: 3 }),
        async (sizes, upgrades) => {
          let topology = topologyOf(sizes);
          const world = new World(topology);
          await run(world, topology);
          clientWrites(world, 999);
          for (const upgrade of upgrades) {
            const had = rowsKept(world);
            topology = await upgraded(world, topology, upgrade);
            await cleanReturned(world, topology);
            await expectTheEnd(world, topology, had);
            clientWrites(world, 99);
          }
        },
      ),
      { numRuns: 30 },
    );
  }, 60_000);
});
