import { describe, expect, it } from "vitest";
import { topologyOf } from "../../support/builders/topology.ts";
import { troublesOf } from "../../support/fakes/health.ts";
import { look, run } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";

describe("reconcile", () => {
  it("brings empty pods to a cluster that takes rows", async () => {
    const topology = topologyOf();
    const world = new World(topology);
    const { result, process, log } = await run(world, topology);
    console.log(
      process.changes.join("\n"),
      result.end,
      "failure" in result ? result.failure.message : "",
      world.clock.nowMs(),
    );
    console.log(log.events.filter((e) => e.event === "action-failed"));
    expect(troublesOf(world, topology)).toEqual([]);
    expect((await look(world, topology)).plan).toEqual({ stages: [], leftAlone: [] });
  });
});
