/** postgresql.conf and recovery.conf: `key = value` lines, values in quotes or bare, comments after `#`. The last line of a key counts. */
const settingLine = (key: string): RegExp =>
  new RegExp(`^\\s*${key}\\s*(?:=|\\s)\\s*(?:'((?:[^']|'')*)'|([^\\s#']+))`, "i");

export function readSetting(lines: readonly string[], key: string): string | undefined {
  const found = lines.flatMap((line) => {
    const match = settingLine(key).exec(line);
    return match === null ? [] : [match];
  });
  const last = found.at(-1);
  return last === undefined ? undefined : (last[1]?.replaceAll("''", "'") ?? last[2]);
}

/** The same lines with one value for `key`, where its first line was or at the end. */
export function withSetting(lines: readonly string[], key: string, value: string): readonly string[] {
  const pattern = settingLine(key);
  const line = `${key} = ${/^\d+$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`}`;
  const first = lines.findIndex((text) => pattern.test(text));
  if (first === -1) return [...lines, line];
  return lines.flatMap((text, index) => (index === first ? [line] : pattern.test(text) ? [] : [text]));
}

export const linesOf = (text: string): readonly string[] => text.replace(/\n$/, "").split(/\r?\n/);
