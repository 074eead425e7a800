import type { SettingType } from "../kit/setting-value.ts";
import type { NodeKind, NodeRole } from "./role.ts";

/** Parameters by name, values as they would stand in postgresql.conf, without quotes. */
export type Settings = Readonly<Record<string, string>>;

/** What SET … ALL of the manager covers: masters and standbys of one sort, which change places on a failover. */
export type ParameterScope = "gtmcoord" | "coordinator" | "datanode";

/** The letter mgr_updateparm.updateparmnodetype has for a whole group (manager reference §3). */
export const groupLetter: Readonly<Record<ParameterScope, string>> = {
  gtmcoord: "G",
  coordinator: "C",
  datanode: "D",
};

export const parameterScopes: readonly ParameterScope[] = ["gtmcoord", "coordinator", "datanode"];

export const scopeOf = (kind: NodeKind): ParameterScope => kind.split(" ")[0] as ParameterScope;

/** The role whose values hold for its whole scope; what another role of the scope has otherwise is set node by node. */
export const leadingRole: Readonly<Record<ParameterScope, NodeRole>> = {
  gtmcoord: "gc",
  coordinator: "cn",
  datanode: "dn",
};

/** A parameter of a running node, as pg_settings and pg_file_settings have it. */
export interface NodeSetting extends SettingType {
  /** In effect now, in the engine's own unit. */
  readonly value: string;
  /** `postmaster`: only a restart changes it. */
  readonly context: string;
  readonly pendingRestart: boolean;
  /** What postgresql.conf says; absent when it says nothing. */
  readonly file?: string;
  /** What the engine has where no file says anything, in its own unit; absent where that is nothing. */
  readonly boot?: string;
  /** Another file that wins over postgresql.conf (postgresql.auto.conf: somebody's ALTER SYSTEM). */
  readonly overriddenIn?: string;
}

/** The program's note that a row of mgr_updateparm is the values' doing, so that a value taken away is taken back, and nobody else's is. */
export interface ParameterNote {
  /** `*`, or a node. */
  readonly node: string;
  /** The letter of the scope the note is about. */
  readonly letter: string;
  readonly key: string;
}
