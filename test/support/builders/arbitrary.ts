import fc from "fast-check";

/** Sizes a release may have, small enough that a whole cluster is made in a moment; with a standby for every datanode or for none. */
export const anySizes: fc.Arbitrary<{ gcs: number; cn: number; dn: number; ds: number }> = fc
  .record({
    gcs: fc.integer({ min: 0, max: 2 }),
    cn: fc.integer({ min: 1, max: 3 }),
    dn: fc.integer({ min: 1, max: 3 }),
    standbys: fc.boolean(),
  })
  .map(({ gcs, cn, dn, standbys }) => ({ gcs, cn, dn, ds: standbys ? dn : 0 }));
