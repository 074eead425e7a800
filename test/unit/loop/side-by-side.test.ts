import { describe, expect, it } from "vitest";
import { topologyOf } from "../../support/builders/topology.ts";
import type { CollectedLog } from "../../support/fakes/fake-log.ts";
import { clientWrites, rowsKept, troublesOf } from "../../support/fakes/health.ts";
import { look, run } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";

const bare = topologyOf({ gcs: 0, cn: 2, dn: 3, ds: 0 });

/** Appends as they began and ended. */
const appends = (log: CollectedLog): string[] =>
  log.events.flatMap((entry) =>
    "target" in entry && "action" in entry && entry.action.startsWith("append-")
      ? [`${entry.event.replace("action-", "")} ${entry.target}`]
      : [],
  );

async function grownFromBare(sizes: Parameters<typeof topologyOf>[0]) {
  const world = new World(bare);
  await run(world, bare);
  clientWrites(world, 999);
  const larger = topologyOf(sizes);
  world.grow(larger);
  const { result, log } = await run(world, larger);
  expect("failure" in result ? result.failure.message : result.end).toBe("converged");
  expect(troublesOf(world, larger)).toEqual([]);
  expect(rowsKept(world)).toBe(999);
  expect((await look(world, larger)).plan).toEqual({ stages: [], leftAlone: [] });
  return { world, log };
}

describe("standbys of different masters", () => {
  it("are copied side by side, each begun once the one before it is past its lines for pg_hba.conf", async () => {
    const { log } = await grownFromBare({ gcs: 1, cn: 2, dn: 3, ds: 3 });
    const seen = appends(log);
    expect(seen.filter((line) => line.startsWith("failed"))).toEqual([]);
    const begun = ["gcs_0", "ds_0", "ds_1", "ds_2"].map((name) => seen.indexOf(`started ${name}`));
    const firstEnd = seen.findIndex((line) => line.startsWith("done"));
    expect(Math.max(...begun)).toBeLessThan(firstEnd);
  });

  it("two of one master come one after the other", async () => {
    const { log } = await grownFromBare({ gcs: 2, cn: 2, dn: 3, ds: 0 });
    expect(appends(log)).toEqual(["started gcs_0", "done gcs_0", "started gcs_1", "done gcs_1"]);
  });
});
