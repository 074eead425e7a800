import type { Keeping } from "../../../hooks/model/kept-catalog.ts";
import type { ParameterNote } from "../../../hooks/model/parameter.ts";
import type { PlacedTable } from "../../../hooks/model/placed-table.ts";
import type {
  AppendNote,
  Departure,
  InitJournal,
  ManagerHost,
  ManagerNode,
  ManagerParameter,
  NodeFact,
  PodFact,
  RoleState,
} from "../../../hooks/model/snapshot.ts";
import type { NodeName } from "../../../hooks/model/topology.ts";

/** The same, and it may be changed. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A snapshot being made: everything in it may be changed. */
export interface Draft {
  readonly pods: Map<string, Mutable<PodFact>>;
  hosts: Mutable<ManagerHost>[];
  rows: Mutable<ManagerNode>[];
  parameters: ManagerParameter[];
  notes: ParameterNote[];
  journal: InitJournal;
  departures: Departure[];
  appends: AppendNote[];
  held: string[];
  kept: Keeping;
  readonly placed: Map<NodeName, readonly PlacedTable[]>;
  busy: boolean;
  monitor: RoleState;
  readonly sizes: Map<NodeName, number>;
  readonly facts: Map<NodeName, NodeFact>;
}
