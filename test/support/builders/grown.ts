import { healthyDraft, rowOf, say, type Draft } from "./snapshot.ts";
import { n, topologyOf } from "./topology.ts";

export const grownTopology = topologyOf({ cn: 2, dn: 2 });
export const down = { state: "down", detail: "" } as const;

/** Takes the rows of these nodes off every list. */
export function unlisted(draft: Draft, ...names: readonly string[]): void {
  for (const [name, fact] of draft.facts)
    if (fact.state === "up")
      draft.facts.set(name, { ...fact, catalog: fact.catalog.filter((row) => !names.includes(row.name)) });
}

/** The second coordinator and the second pair are defined and not in the cluster yet. */
export function grown(): Draft {
  const draft = healthyDraft(grownTopology);
  for (const name of ["cn_1", "dn_1", "ds_1"]) {
    Object.assign(rowOf(draft, name), { initialised: false, inCluster: false });
    draft.sizes.set(n(name), 0);
    say(draft, name, down);
  }
  unlisted(draft, "cn_1", "dn_1");
  return draft;
}
