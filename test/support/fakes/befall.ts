import fc from "fast-check";
import type { World } from "./world.ts";

/** What befalls a cluster: which pods go, and in which order they come back and when. */
export const anyEvent = fc.record({
  pods: fc.array(fc.nat({ max: 15 }), { maxLength: 6 }),
  swap: fc.boolean(),
  backAfterMs: fc.integer({ min: 0, max: 20_000 }),
  /** mgr's volume goes with its pod. */
  managerLost: fc.boolean(),
});
export type Event = typeof anyEvent extends fc.Arbitrary<infer T> ? T : never;

export function befall(world: World, { pods, swap, backAfterMs, managerLost }: Event): void {
  if (managerLost) world.loseVolume("antdb-mgr-0");
  const names = [...world.pods.keys()];
  const hit = [...new Set(pods.flatMap((index) => names[index % names.length] ?? []))];
  const addresses = hit.map((name) => world.pod(name).ip ?? world.nextAddress());
  for (const name of hit) world.takeDown(name);
  if (swap) addresses.unshift(...addresses.splice(-1));
  hit.forEach((name, index) => {
    const address = swap ? addresses[index] : world.nextAddress();
    world.clock.after(backAfterMs * index, () => {
      // An upgrade may have taken it away meanwhile.
      if (world.pods.has(name)) world.bringBack(name, address);
    });
  });
}
