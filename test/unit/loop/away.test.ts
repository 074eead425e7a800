import { expect, it } from "vitest";
import type { NodeName } from "../../../hooks/model/topology.ts";
import { topologyOf } from "../../support/builders/topology.ts";
import { clientWrites, troublesOf } from "../../support/fakes/health.ts";
import { run } from "../../support/fakes/runs.ts";
import { World } from "../../support/fakes/world.ts";

const topology = topologyOf({ cn: 2, dn: 2 });
const awayMs = 10_000;

it("leads coordinators to nobody while a datanode is away, and to it again when it is back", async () => {
  const world = new World(topology);
  await run(world, topology);
  clientWrites(world, 100);
  const led = (): readonly (string | undefined)[] =>
    ["antdb-cn-0", "antdb-cn-1", "antdb-gc-0"].map(
      (pod) => world.pod(pod).disk?.data.catalog.get("dn_1" as NodeName)?.host,
    );
  world.takeDown("antdb-dn-1");
  let meanwhile: readonly (string | undefined)[] = [];
  world.clock.after(awayMs - 1, () => (meanwhile = led()));
  world.clock.after(awayMs, () => world.bringBack("antdb-dn-1"));
  expect((await run(world, topology)).result.end).toBe("converged");
  expect(meanwhile).toHaveLength(3);
  for (const host of meanwhile) expect(host).toMatch(/^127\.255\.255\./);
  expect(led()).toEqual(Array<string | undefined>(3).fill(world.pod("antdb-dn-1").ip));
  expect(troublesOf(world, topology)).toEqual([]);
});
