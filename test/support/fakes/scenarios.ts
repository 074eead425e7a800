// What a run can be in the middle of, and what must hold however it ended there.
import { expect } from "vitest";
import type { Topology } from "../../../hooks/model/topology.ts";
import { topologyOf } from "../builders/topology.ts";
import { clientWrites, rowsKept, troublesOf, twiceDone } from "./health.ts";
import { look, run } from "./runs.ts";
import { World } from "./world.ts";

/** A situation a run is started in; made anew for every point at which it is killed. */
export interface Scenario {
  readonly name: string;
  readonly topology: Topology;
  readonly prepare: () => Promise<World>;
  /** How far apart the moments are at which it is killed. */
  readonly stepMs: number;
}

const rows = 1000;

/** A cluster with a client's rows. */
export async function initialised(topology: Topology): Promise<World> {
  const world = new World(topology);
  await run(world, topology);
  clientWrites(world, rows);
  return world;
}

export const small = topologyOf({ gc: 1, gcs: 1, cn: 2, dn: 2 });
/** Values of before: some of them go, one is lowered, which masters have to hear of before their standbys. */
export const tuned = topologyOf(
  { gc: 1, gcs: 1, cn: 2, dn: 2 },
  {
    restartPolicy: "rolling",
    cn: { work_mem: "64MB", log_statement: "ddl" },
    dn: { wal_log_hints: true, max_connections: 300, shared_buffers: "256MB" },
    ds: { work_mem: "8MB" },
  },
);
export const retuned = topologyOf(
  { gc: 1, gcs: 1, cn: 2, dn: 2 },
  {
    restartPolicy: "rolling",
    nodes: { work_mem: "32MB" },
    gc: { wal_log_hints: true, max_connections: 150 },
    dn: { wal_log_hints: true, max_connections: 200 },
  },
);
export const large = topologyOf({ gc: 1, gcs: 1, cn: 3, dn: 3 });
export const wide = topologyOf({ gc: 1, gcs: 1, cn: 3, dn: 2 });
export const bare = topologyOf({ gc: 1, gcs: 0, cn: 2, dn: 2, ds: 0 });

export const scenarios: readonly Scenario[] = [
  { name: "initialisation", topology: small, stepMs: 500, prepare: () => Promise.resolve(new World(small)) },
  {
    name: "heal after every pod moved to another's address",
    topology: small,
    stepMs: 37,
    prepare: async (): Promise<World> => {
      const world = await initialised(small);
      world.moveAll();
      return world;
    },
  },
  {
    name: "standbys that were made async while they were away, and every pod moved",
    topology: small,
    stepMs: 41,
    prepare: async (): Promise<World> => {
      const world = await initialised(small);
      for (const row of world.manager.nodes.filter(({ sync }) => sync === "sync")) row.sync = "async";
      for (const { disk } of world.network.lives()) disk.sync.clear();
      world.moveAll();
      return world;
    },
  },
  {
    name: "scale-up by a coordinator and a pair",
    topology: large,
    stepMs: 191,
    prepare: async (): Promise<World> => {
      const world = await initialised(small);
      world.grow(large);
      return world;
    },
  },
  {
    name: "scale-down by a coordinator and every standby",
    topology: bare,
    stepMs: 97,
    prepare: () => initialised(wide),
  },
  {
    name: "return of a coordinator and every standby on their old volumes",
    topology: wide,
    stepMs: 191,
    prepare: async (): Promise<World> => {
      const world = await initialised(wide);
      await run(world, bare);
      world.shrink(bare);
      await run(world, bare);
      world.grow(wide);
      return world;
    },
  },
  {
    name: "mgr's volume lost",
    topology: small,
    stepMs: 19,
    prepare: async (): Promise<World> => {
      const world = await initialised(small);
      world.loseVolume("antdb-mgr-0");
      return world;
    },
  },
  {
    name: "mgr's volume lost and every pod moved, none of whose postgres runs",
    topology: small,
    stepMs: 61,
    prepare: async (): Promise<World> => {
      const world = await initialised(small);
      world.loseVolume("antdb-mgr-0");
      world.moveAll();
      return world;
    },
  },
  {
    name: "mgr's volume lost with nothing kept, and other pods moved",
    topology: small,
    stepMs: 61,
    prepare: async (): Promise<World> => {
      const world = await initialised(small);
      world.keptText = "";
      world.loseVolume("antdb-mgr-0");
      for (const pod of ["antdb-cn-1", "antdb-ds-0", "antdb-dn-1"]) {
        world.takeDown(pod);
        world.bringBack(pod);
      }
      return world;
    },
  },
  {
    name: "other parameters, and the restarts they need",
    topology: retuned,
    stepMs: 101,
    prepare: () => initialised(tuned),
  },
];

/** What must hold however a run ended before: the end state, and nothing that can't be undone done twice. */
export async function expectTheEnd(world: World, topology: Topology, had: number): Promise<void> {
  const { result } = await run(world, topology);
  expect("failure" in result ? result.failure.message : result.end).toBe("converged");
  expect(troublesOf(world, topology)).toEqual([]);
  expect(world.audit.initAlls.filter(({ membersBefore }) => membersBefore > 0)).toEqual([]);
  expect(world.audit.wiped.filter((wiped) => wiped.rows > 0 || wiped.member)).toEqual([]);
  expect(twiceDone(world)).toEqual([]);
  expect(rowsKept(world)).toBe(had);
  expect((await look(world, topology)).plan).toEqual({ stages: [], leftAlone: [] });
}
