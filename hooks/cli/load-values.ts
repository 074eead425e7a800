import { makeTopology } from "../desired/topology.ts";
import type { Topology } from "../model/topology.ts";
import { topologyText } from "../values/rendered.ts";
import { parseValues } from "../values/parse.ts";
import type { Values } from "../values/schema.ts";
import type { Runtime } from "./runtime.ts";

/** Rooms 1 and 2; `-` is the standard input. Throws a terminal Failure for a file that is missing or wrong. */
export function loadValues(runtime: Runtime, path: string): { values: Values; topology: Topology } {
  const values = parseValues(
    topologyText(runtime.readTextFile(path)),
    path === "-" ? "standard input" : path,
  );
  return { values, topology: makeTopology(values) };
}
