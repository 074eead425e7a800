import { textArray } from "./quote.ts";

/**
 * COPY that writes lines exactly as they are. Its text format would double every backslash and turn tabs into `\t`; the csv format with quotes,
 * delimiter and NULL that no line contains changes nothing.
 * @param target a file name as a literal, or `PROGRAM` and a literal
 */
export function copyLines(lines: readonly string[], target: string): string {
  if (lines.some((line) => /[\0-\x03\n\r]/.test(line)))
    throw new TypeError("a line holds a line break or a control character");
  return `COPY (SELECT unnest(${textArray(lines)})) TO ${target} WITH (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01', ESCAPE E'\\x01', NULL E'\\x03')`;
}
