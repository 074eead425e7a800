import type { World } from "./world.ts";

/** A pod is given an address within seconds; one that takes longer may not come for days. */
const soonMs = 30_000;

/** Some pod is on its way back: a round of rewriting follows when it has its address, and another one before that would be for nothing. */
export const someoneComes = ({ topology, snapshot }: World): boolean =>
  [topology.managerPod, ...topology.nodes.map(({ pod }) => pod)].some((name) => {
    const pod = snapshot.pods.get(name);
    return pod?.terminating === false && pod.ip === undefined && (pod.ageMs ?? soonMs) < soonMs;
  });

/** The file has every line it should have, in order, and beside them only some that trust one address more each. */
export function onlyTrustsMore(has: readonly string[], wants: readonly string[]): boolean {
  const more: string[] = [];
  let met = 0;
  for (const line of has) {
    if (line === wants[met]) met += 1;
    else more.push(line);
  }
  return met === wants.length && more.every((line) => /^host .*\/32 trust$/.test(line));
}

/** Addresses the file lets in that no wanted line speaks of. */
export function staleTrust(has: readonly string[], wants: readonly string[]): readonly string[] {
  const address = (line: string): string | undefined =>
    line.startsWith("host ") ? line.split(" ")[3] : undefined;
  const wanted = new Set(wants.map(address));
  const trusted = has.filter((line) => line.endsWith(" trust")).map(address);
  return [...new Set(trusted.filter((entry) => entry !== undefined && !wanted.has(entry)))] as string[];
}
