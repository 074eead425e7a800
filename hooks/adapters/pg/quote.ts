/** A string as an SQL literal; backslashes stay themselves because standard_conforming_strings is on for every session of ours. */
export const literal = (text: string): string => {
  if (text.includes("\0")) throw new TypeError("SQL text can't hold a zero byte");
  return `'${text.replaceAll("'", "''")}'`;
};

/** A name as a quoted SQL identifier. */
export const identifier = (name: string): string => {
  if (name.length === 0 || name.includes("\0")) throw new TypeError("not a name");
  return `"${name.replaceAll('"', '""')}"`;
};

/** Strings as an SQL array of text, also when there are none. */
export const textArray = (texts: readonly string[]): string =>
  `ARRAY[${texts.map(literal).join(",")}]::text[]`;
