import type { LeftAlone } from "../model/action.ts";
import { initialKind, isStandbyKind, type NodeKind } from "../model/role.ts";
import { scopeOf } from "../model/parameter.ts";
import type { ManagerNode } from "../model/snapshot.ts";
import type { Engine } from "../model/topology.ts";
import { isUnclear, leaderOf, unclear, type Group } from "./leader.ts";
import { isListed, keptRow, type Proof } from "./proof.ts";
import { isStandbyOf, isSynchronous } from "./proved-standby.ts";
import type { NodeView } from "./world.ts";

export interface RebuiltRows {
  readonly rows: readonly ManagerNode[];
  readonly unclear: readonly LeftAlone[];
}

const none: RebuiltRows = { rows: [], unclear: [] };
const rowsOf = (...rows: readonly ManagerNode[]): RebuiltRows => ({ rows, unclear: [] });
const refused = (...entries: readonly LeftAlone[]): RebuiltRows => ({ rows: [], unclear: entries });

type Flags = Pick<ManagerNode, "initialised" | "inCluster">;
const member: Flags = { initialised: true, inCluster: true };
const onlyDefined: Flags = { initialised: false, inCluster: false };

interface Makings {
  readonly proof: Proof;
  readonly engine: Engine;
}

/** Where it is, as it was kept or as the values have it. */
const placeOf = (
  { proof, engine }: Makings,
  view: NodeView,
): Pick<ManagerNode, "name" | "host" | "port" | "path"> => {
  const { name, port } = view.desired;
  const kept = keptRow(proof, view);
  return { name, host: kept?.host ?? name, port: kept?.port ?? port, path: kept?.path ?? engine.dataDir };
};

const masterRow = (makings: Makings, view: NodeView): ManagerNode => ({
  ...placeOf(makings, view),
  kind: `${scopeOf(initialKind[view.desired.role])} master`,
  sync: "",
  ...member,
});

/** Coordinators know each other: who is on no list is no member. */
function coordinator(makings: Makings, view: NodeView): RebuiltRows {
  const { proof } = makings;
  const kept = keptRow(proof, view);
  if (view.running?.inRecovery === true)
    return refused(
      unclear(view.desired.name, "it runs as a standby, which no coordinator of this chart is", "stop it"),
    );
  if (isListed(proof, view)) return rowsOf(masterRow(makings, view));
  if (proof.listed === undefined) return kept === undefined ? none : rowsOf(kept);
  return kept === undefined ? none : rowsOf({ ...kept, ...onlyDefined });
}

/** Beside its master: a standby that is proved, or a node the cluster goes on without, which is what a failover leaves too. */
function follower(makings: Makings, view: NodeView, leader: NodeView): RebuiltRows {
  const { proof } = makings;
  const proved = isStandbyOf(proof, view, leader);
  if (typeof proved === "object") return refused(proved);
  const { name: master } = leader.desired;
  const kept = keptRow(proof, view);
  const kind: NodeKind = `${scopeOf(initialKind[view.desired.role])} slave`;
  const row = { ...placeOf(makings, view), kind, master };
  if (proved) {
    const sync = isSynchronous(proof, view, leader) ? synchronous(kept) : "async";
    return rowsOf({ ...row, sync, ...member });
  }
  // One that was never there is defined by what the values say, unless it would be taken for a second master.
  if (kept === undefined && isStandbyKind(initialKind[view.desired.role])) return none;
  const initialised = kept?.inCluster === false && kept.initialised;
  return rowsOf({ ...row, sync: kept?.sync ?? "", initialised, inCluster: false });
}

const synchronous = (kept: ManagerNode | undefined): string =>
  kept?.sync === "potential" ? "potential" : "sync";

/** Taken off every list, where it was proved that no table lies on it, after it was kept: of what follows in its leaving, nothing is known. */
const isOffTheLists = (proof: Proof, nodes: Group): boolean =>
  proof.listed !== undefined && nodes.every((view) => view.running === undefined && !isListed(proof, view));

function group(makings: Makings, nodes: Group): RebuiltRows {
  const leader = leaderOf(makings.proof, nodes);
  if (isUnclear(leader)) return refused(leader);
  const kept = nodes.flatMap((view) => keptRow(makings.proof, view) ?? []);
  if (leader === undefined) return rowsOf(...kept);
  if (isOffTheLists(makings.proof, nodes)) return rowsOf(...kept.map((row) => ({ ...row, ...onlyDefined })));
  const others = nodes.filter((view) => view !== leader).map((view) => follower(makings, view, leader));
  return join([rowsOf(masterRow(makings, leader)), ...others]);
}

const join = (parts: readonly RebuiltRows[]): RebuiltRows => ({
  rows: parts.flatMap(({ rows }) => rows),
  unclear: parts.flatMap(({ unclear: entries }) => entries),
});

const isGtm = ({ desired: { role } }: NodeView): boolean => role === "gc" || role === "gcs";

/** Nodes whose names are none of the chart's: they can only be put back as they were kept. */
function strangers({ proof }: Makings): RebuiltRows {
  const known = new Set<string>(proof.candidates.map(({ desired }) => desired.name));
  const kept = proof.kept?.nodes.filter(({ name }) => !known.has(name)) ?? [];
  const unknown = [...(proof.listed?.keys() ?? [])].filter(
    (name) => !known.has(name) && !kept.some((row) => row.name === name),
  );
  const entries = unknown.map((name) =>
    unclear(
      name,
      "the coordinators list it, its name is none of the chart's, and nothing of it was kept",
      "DROP NODE it on every coordinator if it is not needed any more, or put mgr's old volume back",
    ),
  );
  return { rows: kept, unclear: entries };
}

/** Every row the catalog had, as what runs now proves it and, where nothing runs, as it was kept. */
export function rebuiltRows(proof: Proof, engine: Engine): RebuiltRows {
  const makings = { proof, engine };
  const { candidates } = proof;
  const coordinators = candidates.filter(({ desired }) => desired.role === "cn");
  const data = candidates.filter((view) => !isGtm(view) && !coordinators.includes(view));
  const ordinals = [...new Set(data.map(({ desired }) => desired.ordinal))];
  const pairs = ordinals.map((ordinal) => data.filter(({ desired }) => desired.ordinal === ordinal));
  return join([
    group(makings, candidates.filter(isGtm)),
    ...coordinators.map((view) => coordinator(makings, view)),
    ...pairs.map((pair) => group(makings, pair)),
    strangers(makings),
  ]);
}
