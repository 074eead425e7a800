import type { Settings } from "../../model/parameter.ts";
import { Failure } from "../../model/failure.ts";
import type { NodeKind } from "../../model/role.ts";
import type { NodeDefinition, ParameterTarget } from "../../ports/manager.ts";

/**
 * One function per statement of the manager's grammar that the program uses (manager reference §2). The grammar has no placeholders and does not
 * quote names everywhere behind itself, so names are only let through when they need no quoting at all.
 */
const namePattern = /^[a-z_][a-z0-9_]{0,62}$/;
/** Words the manager's grammar reserves or leaves out of its identifiers (reference §10.2). */
const reserved = new Set(
  (
    "all false force in master slave not true on create grant coordinator datanode status ha check checkout basebackup dopromote end expand fail " +
    "recover sleep slot success"
  ).split(" "),
);

const refuse = (what: string, object: string): never => {
  throw new Failure({ class: "bug", code: "bad-statement", what, object });
};

const name = (text: string): string =>
  namePattern.test(text) && !reserved.has(text) ? text : refuse("not a name the manager can take", text);

const ipv4Pattern = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;
/** The manager stores IPv4 literals only: names are refused, IPv6 overruns a buffer of its own (reference §2.1). */
const address = (text: string): string =>
  ipv4Pattern.test(text) ? `'${text}'` : refuse("not an IPv4 address; the manager can use no other", text);

const port = (value: number): string =>
  Number.isInteger(value) && value >= 1 && value <= 65535
    ? String(value)
    : refuse("not a port", String(value));

/** A value between quotes: backslash and quote have no place in what we write, and the grammar's rules for them are its own. */
const quoted = (text: string): string =>
  /^[^'\\\0\n\r]*$/.test(text) ? `'${text}'` : refuse("a value that can't be quoted", text);

/** A bare word or number stays bare: what stands between quotes the manager may write to postgresql.conf with its quotes. */
const parameterValue = (text: string): string =>
  /^([a-z][a-z0-9_]*|\d{1,9})$/.test(text) ? text : quoted(text);

const parameterName = (text: string): string =>
  /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/.test(text) ? text : refuse("not a parameter's name", text);

const kindWords = (kind: NodeKind): string => kind.toUpperCase();

const holderWords = (holder: ParameterTarget): string =>
  "scope" in holder ? `${holder.scope.toUpperCase()} ALL` : `${kindWords(holder.kind)} ${name(holder.node)}`;

export const statements = {
  setTimeout: (ms: number): string => `SET statement_timeout = ${Math.max(1, Math.round(ms))}`,
  addHost: (host: { name: string; address: string; agentPort: number; user: string; home: string }): string =>
    `ADD HOST ${name(host.name)} (address=${address(host.address)}, agentport=${port(host.agentPort)}, ` +
    `user=${quoted(host.user)}, adbhome=${quoted(host.home)})`,
  alterHost: (host: string, to: string): string => `ALTER HOST ${name(host)} (address=${address(to)})`,
  addNode: (node: NodeDefinition): string =>
    `ADD ${kindWords(node.kind)} ${name(node.name)}${node.follows === undefined ? "" : ` FOR ${name(node.follows)}`} ` +
    `(host=${name(node.host)}, port=${port(node.port)}, path=${quoted(node.path)}` +
    `${node.sync === undefined ? "" : `, sync_state=${name(node.sync)}`})`,
  /** FORCE: before INIT ALL the manager has no list of names to check against, and after it a value it does not like is a mere WARNING (reference §2.6). */
  setParameters: (holder: ParameterTarget, settings: Settings): string =>
    `SET ${holderWords(holder)} (${Object.entries(settings)
      .map(([key, value]) => `${parameterName(key)}=${parameterValue(value)}`)
      .join(", ")}) FORCE`,
  /** FORCE takes the line out of the file; without it the manager writes what a coordinator had when it last asked one. */
  resetParameters: (holder: ParameterTarget, keys: readonly string[]): string =>
    `RESET ${holderWords(holder)} (${keys.map(parameterName).join(", ")}) FORCE`,
  setNodeGtm: (node: string, kind: NodeKind, gtm: { readonly host: string; readonly port: number }): string =>
    `SET ${kindWords(kind)} ${name(node)} (agtm_host=${address(gtm.host)}, agtm_port=${port(gtm.port)}) FORCE`,
  /** Every row of mgr_node becomes a member's (src/adbmgrd/manager/mgr_common.c). */
  setClusterInit: (): string => "SET CLUSTER INIT",
  initAll: (): string => "INIT ALL",
  stopAll: (): string => "STOP ALL MODE FAST",
  cleanAll: (): string => "CLEAN ALL",
  startNode: (node: string, kind: NodeKind): string => `START ${kindWords(kind)} ${name(node)}`,
  stopNode: (node: string, kind: NodeKind): string => `STOP ${kindWords(kind)} ${name(node)} MODE FAST`,
  appendNode: (node: string, kind: NodeKind): string => `APPEND ${kindWords(kind)} ${name(node)}`,
  removeNode: (node: string, kind: NodeKind): string => `REMOVE ${kindWords(kind)} ${name(node)}`,
  makeSynchronous: (node: string, kind: NodeKind): string =>
    `ALTER ${kindWords(kind)} ${name(node)} (sync_state='sync')`,
  cleanNode: (node: string, kind: NodeKind): string => `CLEAN ${kindWords(kind)} ${name(node)}`,
  dropNode: (node: string, kind: NodeKind): string => `DROP ${kindWords(kind)} ${name(node)}`,
  dropHost: (host: string): string => `DROP HOST ${name(host)}`,
  flushHost: (): string => "FLUSH HOST",
  listSizes: (nodes: readonly string[]): string => `LIST NODE SIZE ${nodes.map(name).join(", ")}`,
};
