import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "../../model/failure.ts";
import { readFile, replaceFile } from "./files.ts";
import { reload } from "./hba.ts";
import type { NodeWork } from "./session.ts";
import { withSetting } from "./settings-file.ts";

const shown =
  "SELECT (SELECT setting FROM pg_settings WHERE name = 'agtm_host') AS host, (SELECT setting FROM pg_settings WHERE name = 'agtm_port') AS port, " +
  "(SELECT sourcefile FROM pg_settings WHERE name = 'agtm_host') AS source";
const faults =
  "SELECT name, error FROM pg_file_settings WHERE name IN ('agtm_host', 'agtm_port') AND error IS NOT NULL LIMIT 1";
const tries = 20;
const pauseMs = 50;

/**
 * agtm_host and agtm_port in postgresql.conf, then a reload. Not ALTER SYSTEM: postgresql.auto.conf would win over what the manager writes to
 * postgresql.conf at the next FAILOVER or FLUSH HOST, and its own check of the setting would fail.
 */
export async function repointGtm(
  { session, time }: NodeWork,
  target: { readonly node: string; readonly path: string },
  gtm: { readonly host: string; readonly port: number },
): Promise<void> {
  const lines = await readFile(session, "postgresql.conf", time.left());
  if (lines === undefined)
    throw new Failure({
      class: "retry",
      code: "no-postgresql-conf",
      what: "it has no postgresql.conf",
      object: target.node,
    });
  const next = withSetting(withSetting(lines, "agtm_host", gtm.host), "agtm_port", String(gtm.port));
  await replaceFile(session, target.path, next, time.left());
  const [fault] = (await session.query(faults, time.left())).rows;
  if (fault !== undefined) {
    // A file with a fault is not taken at a reload, and keeps the node from starting.
    await replaceFile(session, target.path, lines, time.left());
    const what = `${fault["name"] ?? "agtm_host"}: ${fault["error"] ?? "an error"}; the file was put back as it was`;
    throw new Failure({ class: "terminal", code: "bad-setting", what, object: target.node });
  }
  await reload(session, time);
  await waitUntilTaken({ session, time }, target.node, gtm);
}

async function waitUntilTaken(
  { session, time }: NodeWork,
  node: string,
  gtm: { readonly host: string; readonly port: number },
): Promise<void> {
  let seen: Readonly<Record<string, string | undefined>> = {};
  for (let round = 0; round < tries; round += 1) {
    seen = (await session.query(shown, time.left())).rows[0] ?? {};
    if (seen["host"] === gtm.host && seen["port"] === String(gtm.port)) return;
    await delay(pauseMs, undefined, { signal: time.left().signal });
  }
  const what = `agtm_host is still ${seen["host"] ?? "unknown"} after the reload, set by ${seen["source"] ?? "another source"}`;
  throw new Failure({ class: "retry", code: "setting-not-taken", what, object: node });
}
