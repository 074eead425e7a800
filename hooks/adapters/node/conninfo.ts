/** A libpq connection string, `key=value` pairs with optional quotes, in its own order. */
export type Conninfo = ReadonlyMap<string, string>;

/** @param text as in primary_conninfo; backslash escapes quote and backslash (libpq, conninfo_parse) */
export function parseConninfo(text: string): Conninfo {
  const pairs = text.matchAll(/([A-Za-z_]\w*)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))/g);
  return new Map(
    [...pairs].map(([, key = "", quoted, bare]) => [key, (quoted ?? bare ?? "").replaceAll(/\\(.)/g, "$1")]),
  );
}

export function renderConninfo(conninfo: Conninfo): string {
  return [...conninfo].map(([key, value]) => `${key}=${quote(value)}`).join(" ");
}

const quote = (value: string): string =>
  /^[\w.:/@%+-]+$/.test(value) ? value : `'${value.replaceAll(/['\\]/g, "\\$&")}'`;
