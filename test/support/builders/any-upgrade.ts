import fc from "fast-check";
import { anyEvent } from "../fakes/befall.ts";
import type { Topology } from "../../../hooks/model/topology.ts";
import { anySizes } from "./arbitrary.ts";
import { topologyOf } from "./topology.ts";

const anyMoment = (max: number): fc.Arbitrary<{ atMs: number } | null> =>
  fc.option(fc.record({ atMs: fc.integer({ min: 0, max }) }));

/** A `helm upgrade` to other sizes, and what becomes of it on its way. */
export const anyUpgrade = fc.record({
  sizes: anySizes,
  /** Somebody moves everything off the datanodes that go, before. */
  drained: fc.boolean(),
  /** A first guard that is killed. */
  guardKilled: anyMoment(5000),
  /** After that the values of before stay. */
  givenUp: fc.boolean(),
  /** Between the guard and helm's own work the watcher of before has another pass, and is gone at that moment. */
  watcher: anyMoment(3000),
  event: fc.option(anyEvent),
  eventWhen: fc.constantFrom("before the guard", "after the guard", "after helm"),
  /** A first reconcile that is killed. */
  killed: anyMoment(12_000),
});
export type AnyUpgrade = typeof anyUpgrade extends fc.Arbitrary<infer T> ? T : never;

type Sizes = typeof anySizes extends fc.Arbitrary<infer T> ? T : never;

/** At least as many of each as there were. A cluster with standbys has one for every new datanode, one without may get them for all. */
export function grownBy(sizes: Sizes, more: Sizes): Topology {
  const dn = Math.max(sizes.dn, more.dn);
  const ds = sizes.ds === 0 && more.ds === 0 ? 0 : dn;
  return topologyOf({ gcs: Math.max(sizes.gcs, more.gcs), cn: Math.max(sizes.cn, more.cn), dn, ds });
}
