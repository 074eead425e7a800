import { groupLetter, scopeOf, type Settings } from "../../../hooks/model/parameter.ts";
import type { NodeKind } from "../../../hooks/model/role.ts";
import type { ParameterTarget } from "../../../hooks/ports/manager.ts";
import type { ManagerServer, NodeRow, Statement } from "./manager-server.ts";
import type { Conf } from "./settings.ts";

const kindLetter: Readonly<Record<NodeKind, string>> = {
  "gtmcoord master": "g",
  "gtmcoord slave": "p",
  "coordinator master": "c",
  "coordinator slave": "s",
  "datanode master": "d",
  "datanode slave": "b",
};
const lettersOf = { gtmcoord: "gp", coordinator: "cs", datanode: "db" } as const;

const members = (manager: ManagerServer, holder: ParameterTarget): readonly NodeRow[] =>
  manager.members.filter((row) =>
    "scope" in holder ? scopeOf(row.kind) === holder.scope : row.name === holder.node,
  );

/** Stored with quotes where the manager puts them: around all but numbers and the four words for yes and no. */
const stored = (value: string): string =>
  /^(\d*\.?\d*|on|off|true|false)$/i.test(value) ? value : `'${value}'`;

/**
 * SET … FORCE (manager reference §2.6): through the agent of every member, then the catalog; the first that is away ends it, and the files before it are
 * written. A row for all takes single nodes' rows away; a node's row that says what the row for all says is not kept.
 */
export async function setParameters(
  manager: ManagerServer,
  holder: ParameterTarget,
  settings: Settings,
  statement: Statement,
): Promise<void> {
  for (const row of members(manager, holder))
    await edit(manager, row, statement, (conf) => [...conf, ...Object.entries(settings)]);
  for (const [key, value] of Object.entries(settings)) {
    drop(manager, holder, key);
    const kind = "scope" in holder ? groupLetter[holder.scope] : kindLetter[holder.kind];
    const all = "scope" in holder ? undefined : groupRow(manager, holder.kind, key);
    if (all === stored(value)) continue;
    manager.parameters.push({ node: "scope" in holder ? "*" : holder.node, kind, key, value: stored(value) });
  }
}

/** RESET … FORCE: the line goes; where a row for all says otherwise, a row `--` stays behind that keeps it from this node for ever. */
export async function resetParameters(
  manager: ManagerServer,
  holder: ParameterTarget,
  keys: readonly string[],
  statement: Statement,
): Promise<void> {
  for (const row of members(manager, holder))
    await edit(manager, row, statement, (conf) => [...conf].filter(([key]) => !keys.includes(key)));
  for (const key of keys) {
    drop(manager, holder, key);
    if (!("scope" in holder) && groupRow(manager, holder.kind, key) !== undefined)
      manager.parameters.push({ node: holder.node, kind: kindLetter[holder.kind], key, value: "--" });
  }
}

const groupRow = (manager: ManagerServer, kind: NodeKind, key: string): string | undefined =>
  manager.parameters.find(
    (row) => row.node === "*" && row.kind === groupLetter[scopeOf(kind)] && row.key === key,
  )?.value;

async function edit(
  manager: ManagerServer,
  row: NodeRow,
  statement: Statement,
  change: (conf: Conf) => Iterable<readonly [string, string]>,
): Promise<void> {
  const { disk } = await manager.agentOf(row.name, statement);
  await statement.takes(5);
  if (disk !== undefined) disk.conf = new Map(change(disk.conf));
}

function drop(manager: ManagerServer, holder: ParameterTarget, key: string): void {
  manager.parameters = manager.parameters.filter((row) => {
    if (row.key !== key) return true;
    if (!("scope" in holder)) return row.node !== holder.node;
    return row.kind !== groupLetter[holder.scope] && !lettersOf[holder.scope].includes(row.kind);
  });
}

/** What a new node is born with (mgr_add_parm): the rows for all of its sort, then its own. */
export function bornConf(manager: ManagerServer, { name, kind }: NodeRow): Conf {
  const rows = manager.parameters.filter(
    (row) =>
      (row.node === "*" && row.kind === groupLetter[scopeOf(kind)]) ||
      (row.node === name && row.kind === kindLetter[kind]),
  );
  return new Map(
    rows.filter(({ value }) => value !== "--").map(({ key, value }) => [key, value.replaceAll(/^'|'$/g, "")]),
  );
}
