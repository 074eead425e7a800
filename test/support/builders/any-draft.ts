import fc from "fast-check";
import type { InitJournal, NodeFact } from "../../../hooks/model/snapshot.ts";
import type { Topology } from "../../../hooks/model/topology.ts";
import { anySizes } from "./arbitrary.ts";
import { definedDraft, emptyDraft, healthyDraft, keepNow, type Draft } from "./snapshot.ts";
import { topologyOf } from "./topology.ts";

/** What may be wrong with one node; most of it usually is not. */
const anyTrouble = fc.record(
  {
    pod: fc.constantFrom<"gone" | "starting" | "ending" | "moved" | "no address">(
      "gone",
      "starting",
      "ending",
      "moved",
      "no address",
    ),
    row: fc.constantFrom("missing", "member", "half done", "defined"),
    host: fc.constantFrom("missing", "stale"),
    fact: fc.constantFrom<NodeFact>(
      { state: "down", detail: "refused" },
      { state: "unreachable", detail: "no answer" },
      { state: "refused", code: "28P01", detail: "password" },
      { state: "refused", code: "57P03", detail: "starting" },
      { state: "not-looked-at", reason: "away" },
    ),
    bytes: fc.constantFrom<"unknown" | number>("unknown", 0, 40_000_000),
    told: fc.constantFrom("stale", "alone"),
  },
  { requiredKeys: [] },
);
type Trouble = typeof anyTrouble extends fc.Arbitrary<infer T> ? T : never;

type Spoilt = Topology["nodes"][number];

const podTroubles: Readonly<
  Record<NonNullable<Trouble["pod"]>, (draft: Draft, pod: string, index: number) => void>
> = {
  gone: (draft, pod) => draft.pods.delete(pod),
  starting: (draft, pod) => Object.assign(draft.pods.get(pod) ?? {}, { ready: false }),
  ending: (draft, pod) => Object.assign(draft.pods.get(pod) ?? {}, { terminating: true }),
  moved: (draft, pod, index) => Object.assign(draft.pods.get(pod) ?? {}, { ip: `10.245.0.${index + 1}` }),
  "no address": (draft, pod) => Object.assign(draft.pods.get(pod) ?? {}, { ip: undefined }),
};

function spoilRow(draft: Draft, { name }: Spoilt, { row: trouble, host }: Trouble, index: number): void {
  if (trouble === "missing") draft.rows = draft.rows.filter((row) => row.name !== name);
  else if (trouble !== undefined)
    Object.assign(draft.rows.find((row) => row.name === name) ?? {}, {
      inCluster: trouble === "member",
      initialised: trouble !== "defined",
    });
  if (host === "missing") draft.hosts = draft.hosts.filter((row) => row.name !== name);
  else if (host === "stale")
    Object.assign(draft.hosts.find((row) => row.name === name) ?? {}, { address: `10.246.0.${index + 1}` });
}

const stale = { gtm: { host: "10.247.0.1", port: 1 }, primary: { host: "10.247.0.2", port: 1 } };
const alone = { hba: [], catalog: [], standbys: [] };

function spoilFact(draft: Draft, { name }: Spoilt, { fact, told }: Trouble): void {
  const said = draft.facts.get(name);
  if (fact !== undefined) draft.facts.set(name, fact);
  else if (said?.state === "up" && told !== undefined)
    draft.facts.set(name, { ...said, ...(told === "stale" ? stale : alone) });
}

function spoil(draft: Draft, node: Spoilt, trouble: Trouble, index: number): void {
  if (trouble.pod !== undefined) podTroubles[trouble.pod](draft, node.pod, index);
  spoilRow(draft, node, trouble, index);
  spoilFact(draft, node, trouble);
  if (trouble.bytes === "unknown") draft.sizes.delete(node.name);
  else if (trouble.bytes !== undefined) draft.sizes.set(node.name, trouble.bytes);
}

const anyTable = { database: "app", name: "public.t", bytes: 8192, child: false };

type SizesOf = typeof anySizes extends fc.Arbitrary<infer T> ? T : never;

/** What an upgrade asks for beside what there is. */
function changed(sizes: SizesOf, change: string): SizesOf {
  const { gcs, cn, dn, ds } = sizes;
  if (change === "grown") return { ...sizes, cn: cn + 1 };
  if (change === "none") return sizes;
  const fewer = Math.max(1, dn - 1);
  return { gcs: Math.max(0, gcs - 1), cn: Math.max(1, cn - 1), dn: fewer, ds: ds === 0 ? 0 : fewer };
}

/** mgr's volume is a new one, and what was kept is the catalog as it was, as it was before it was spoilt, or nothing. */
function loseCatalog(draft: Draft, lost: "kept" | "not kept" | "kept of before"): void {
  if (lost === "kept") keepNow(draft);
  if (lost === "not kept") draft.kept = { state: "empty" };
  Object.assign(draft, { hosts: [], rows: [], parameters: [], notes: [] });
}

/** Any topology beside any world: empty, defined or healthy, then spoilt node by node, each trouble beside each other. */
export const anyWorld: fc.Arbitrary<{ topology: Topology; draft: Draft }> = fc
  .record({
    sizes: anySizes,
    base: fc.constantFrom(emptyDraft, definedDraft, healthyDraft),
    troubles: fc.array(fc.option(anyTrouble, { nil: {}, freq: 1 }), { minLength: 12, maxLength: 12 }),
    journal: fc.constantFrom<InitJournal>("none", "begun", "finished"),
    busy: fc.boolean(),
    busyNow: fc.boolean(),
    change: fc.constantFrom("none", "grown", "shrunk"),
    placed: fc.constantFrom<"unknown" | "nothing" | "rows">("unknown", "nothing", "rows"),
    lost: fc.constantFrom("no", "no", "kept", "not kept", "kept of before"),
    left: fc.constantFrom<0 | 1 | 40_000_000>(0, 1, 40_000_000),
    noted: fc.boolean(),
  })
  .map(({ sizes, base, troubles, journal, busy, busyNow, change, placed, left, lost, noted }) => {
    const topology = topologyOf(sizes);
    const draft = base(topology);
    topology.nodes.forEach((node, index) => spoil(draft, node, troubles[index] ?? {}, index));
    draft.journal = journal;
    draft.busy = busy && busyNow;
    for (const { name, kind } of draft.rows)
      if (kind === "datanode master" && placed !== "unknown")
        draft.placed.set(name, placed === "nothing" ? [] : [anyTable]);
    if (left > 0) draft.departures = draft.rows.map(({ name, kind }) => ({ node: name, kind, bytes: left }));
    if (noted) draft.appends = draft.rows.map(({ name, kind }) => ({ node: name, kind }));
    if (lost !== "no") loseCatalog(draft, lost);
    return { topology: topologyOf(changed(sizes, change)), draft };
  });
