import { readSettingValue, type SettingType } from "../../../hooks/kit/setting-value.ts";
import type { NodeSetting } from "../../../hooks/model/parameter.ts";

interface Known extends SettingType {
  readonly context: "postmaster" | "sighup" | "user";
  readonly boot: string;
  /** One of the cluster's own, which the manager's server does not know. */
  readonly ofCluster?: true;
}

const count = (context: Known["context"], boot: string, min: number, max: number): Known => ({
  type: "integer",
  context,
  boot,
  min,
  max,
});

/** What the fake engine knows of parameters: as the real one has them. */
const known: Readonly<Record<string, Known>> = {
  work_mem: { ...count("user", "4096", 64, 2147483647), unit: "kB" },
  shared_buffers: { ...count("postmaster", "1024", 16, 1073741823), unit: "8kB" },
  max_connections: count("postmaster", "100", 1, 262143),
  max_wal_senders: count("postmaster", "10", 0, 262143),
  max_coordinators: { ...count("postmaster", "16", 2, 65535), ofCluster: true },
  max_datanodes: { ...count("postmaster", "16", 2, 65535), ofCluster: true },
  wal_log_hints: { type: "bool", context: "postmaster", boot: "off" },
  log_statement: { type: "enum", context: "user", boot: "none", words: ["none", "ddl", "mod", "all"] },
  pool_time_out: { ...count("sighup", "60", 1, 2147483647), ofCluster: true },
  timezone: { type: "string", context: "user", boot: "GMT" },
};

/** postgresql.conf as far as it matters: what the manager wrote. */
export type Conf = ReadonlyMap<string, string>;

/** What a running postgres has of its file: as it was when it was last read, and when it started. */
export interface Loaded {
  readonly atStart: Conf;
  now: Conf;
}

/** A value its check refuses; the others of its type pass for good. */
const noSuchZone = "Nowhere/Land";

/** Why postgres would not start with this file, or does not take a line of it. */
export function confFault(conf: Conf, names: readonly string[] = [...conf.keys()]): string | undefined {
  for (const name of names) {
    const value = conf.get(name);
    const type = known[name];
    if (value === undefined) continue;
    if (type === undefined && !name.includes(".")) return `unrecognized configuration parameter "${name}"`;
    if (type !== undefined && ("wrong" in readSettingValue(value, type) || value === noSuchZone))
      return `invalid value for parameter "${name}": "${value}"`;
  }
  return undefined;
}

const inEffect = (name: string, type: Known, conf: Conf): string => {
  const reading = readSettingValue(conf.get(name) ?? type.boot, type);
  return "value" in reading ? reading.value : type.boot;
};

/** What a running node has of a number, for those that compare it. */
export const numberInEffect = (name: string, conf: Conf): number => {
  const type = known[name];
  return type === undefined ? 0 : Number(inEffect(name, type, conf));
};

export function settingsOf(
  file: Conf,
  loaded: Loaded,
  asked: readonly string[],
): ReadonlyMap<string, NodeSetting> {
  const all = Object.entries(known).map(([name, type]): readonly [string, NodeSetting] => {
    const restart = type.context === "postmaster";
    const value = inEffect(name, type, restart ? loaded.atStart : loaded.now);
    const pendingRestart = restart && value !== inEffect(name, type, loaded.now);
    const text = file.get(name);
    return [name, { ...type, value, pendingRestart, ...(text === undefined ? {} : { file: text }) }];
  });
  return new Map(all.filter(([name, { pendingRestart }]) => pendingRestart || asked.includes(name)));
}

/** What the manager's own server knows of these. */
export const knownToManager = (asked: readonly string[]): ReadonlyMap<string, SettingType> =>
  new Map(
    Object.entries(known).filter(([name, { ofCluster }]) => asked.includes(name) && ofCluster !== true),
  );
