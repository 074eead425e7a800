import { literal } from "../../adapters/pg/quote.ts";
import { parseConninfo, renderConninfo } from "./conninfo.ts";
import { readFile, replaceFile } from "./files.ts";
import type { NodeWork } from "./session.ts";
import { startedAt, withWritingMark } from "./writing-mark.ts";
import { readSetting, withSetting } from "./settings-file.ts";

export interface Standby {
  readonly node: string;
  readonly dataDir: string;
  readonly osUser: string;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

const version =
  "SELECT current_setting('server_version_num') AS version, (SELECT setting FROM pg_settings WHERE name = 'primary_conninfo') AS conninfo, " +
  `${startedAt} AS started`;
const firstVersionWithoutRecoveryConf = 120000;

/** Where the standby streams from. Everything else that is written there stays (slot, timeline, application_name). */
export async function writePrimary(
  { session, time }: NodeWork,
  standby: Standby,
  primary: Address,
): Promise<void> {
  const told = (await session.query(version, time.left())).rows[0];
  if (Number(told?.["version"]) >= firstVersionWithoutRecoveryConf) {
    const conninfo = pointed(told?.["conninfo"] ?? "", standby, primary);
    await session.query(`ALTER SYSTEM SET primary_conninfo = ${literal(conninfo)}`, time.left());
    return;
  }
  const lines = (await readFile(session, "recovery.conf", time.left())) ?? [];
  const conninfo = pointed(readSetting(lines, "primary_conninfo") ?? "", standby, primary);
  const settings: Readonly<Record<string, string>> = {
    // What the manager writes for every standby (mgr_add_parameters_recoveryconf).
    standby_mode: "on",
    recovery_target_timeline: "latest",
    primary_conninfo: conninfo,
  };
  const next = Object.entries(settings).reduce((text, [key, value]) => withSetting(text, key, value), lines);
  const marked = withWritingMark(next, told?.["started"] ?? "");
  await replaceFile(session, `${standby.dataDir}/recovery.conf`, marked, time.left());
}

/** connect_timeout because an address no pod has any more is a black hole: a standby would sit there for two minutes, its master's commits with it. */
function pointed(old: string, { node, osUser }: Standby, { host, port }: Address): string {
  const defaults = new Map([
    ["user", osUser],
    ["application_name", node],
  ]);
  const asked = new Map([
    ["host", host],
    ["port", String(port)],
    ["connect_timeout", "3"],
  ]);
  return renderConninfo(new Map([...defaults, ...parseConninfo(old), ...asked]));
}
