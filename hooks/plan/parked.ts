import type { NodeView, World } from "./world.ts";

/** Of whoever is at this place of a list. */
export const parkedAt = (index: number): string => `127.255.255.${index + 1}`;

/**
 * An address nobody else can have, for a node whose pod is away. Loopback, so that a connect is refused at once: an address that no pod has swallows each
 * connect for 127 s (manager reference §1.4), and one that another pod has by now leads to a stranger.
 */
export const parkedAddress = ({ nodes, leaving }: World, view: NodeView): string =>
  parkedAt([...nodes, ...leaving].indexOf(view));
