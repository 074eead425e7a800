import { describe, expect, it } from "vitest";
import { drain } from "../../hooks/loop/drain.ts";
import { topologyOf } from "../support/builders/topology.ts";
import { guarded, runGuard } from "../support/fakes/guards.ts";
import { clientWrites, rowsKept, troublesOf } from "../support/fakes/health.ts";
import { look, run, startProcess } from "../support/fakes/runs.ts";
import { World } from "../support/fakes/world.ts";

const large = topologyOf({ cn: 3, dn: 2 });
const small = topologyOf({ cn: 2, gcs: 0, dn: 2, ds: 0 });
const fewer = topologyOf({ cn: 2, dn: 1 });

async function initialised(): Promise<World> {
  const world = new World(large);
  await run(world, large);
  clientWrites(world, 1000);
  return world;
}

/** Everything lies on dn_0. */
async function halfEmpty(): Promise<World> {
  const world = await initialised();
  const { ports } = startProcess(world);
  const request = { node: "dn_1", stop: new AbortController().signal };
  const deaf = { begin: () => undefined, moved: () => undefined, failed: () => undefined };
  await drain(large, ports, request, deaf);
  return world;
}

/** Kills a guard at each change in turn, until one comes to its own end. */
async function killedEverywhere(
  after: (world: World) => Promise<void>,
  prepare: () => Promise<World> = initialised,
  asked = small,
): Promise<number> {
  for (const when of ["before", "after"] as const)
    for (let change = 1; ; change += 1) {
      const world = await prepare();
      const { report, process } = await runGuard(world, asked, { change, when });
      if (report !== "killed") {
        if (when === "after") return change;
        break;
      }
      await after(world).catch((error: unknown) => {
        throw new Error(`killed ${when} ${process.changes.at(-1) ?? ""} (${change})`, { cause: error });
      });
    }
  return 0;
}

describe("a guard that is killed", () => {
  it("is followed by one that ends as if nothing had been", async () => {
    const changes = await killedEverywhere(async (world) => {
      expect((await guarded(world, small)).result.end).toBe("converged");
      world.shrink(small);
      expect((await run(world, small)).result.end).toBe("converged");
      expect(troublesOf(world, small)).toEqual([]);
      expect((await look(world, small)).plan).toEqual({ stages: [], leftAlone: [] });
      expect(rowsKept(world)).toBe(1000);
    });
    expect(changes).toBeGreaterThan(15);
  });

  it("and an upgrade that is given up: what is out comes back, nothing is lost", async () => {
    await killedEverywhere(async (world) => {
      const { result } = await run(world, large);
      expect("failure" in result ? result.failure.message : result.end).toBe("converged");
      expect(troublesOf(world, large)).toEqual([]);
      expect((await look(world, large)).plan).toEqual({ stages: [], leftAlone: [] });
      expect(rowsKept(world)).toBe(1000);
      expect(world.audit.wiped.filter(({ rows, member }) => rows > 0 || member)).toEqual([]);
    });
  });

  it("on its way with an empty pair: the next one finishes it, no row is lost", async () => {
    const changes = await killedEverywhere(
      async (world) => {
        expect((await guarded(world, fewer)).result.end).toBe("converged");
        world.shrink(fewer);
        expect((await run(world, fewer)).result.end).toBe("converged");
        expect(troublesOf(world, fewer)).toEqual([]);
        expect((await look(world, fewer)).plan).toEqual({ stages: [], leftAlone: [] });
        expect(rowsKept(world)).toBe(1000);
      },
      halfEmpty,
      fewer,
    );
    expect(changes).toBeGreaterThan(10);
  });
});
