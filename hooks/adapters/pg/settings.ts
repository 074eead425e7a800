import type { SettingType } from "../../kit/setting-value.ts";
import { literal } from "./quote.ts";
import type { Row } from "./session.ts";

/** What a parameter is and may be, of pg_settings s. */
export const typeColumns =
  "lower(s.name) AS name, s.vartype AS type, s.unit AS unit, s.min_val AS least, s.max_val AS most, array_to_string(s.enumvals, ',') AS words";

/** A list for IN; never empty, since SQL has none. */
export const namesIn = (names: readonly string[]): string => ["", ...names].map(literal).join(", ");

const types: readonly SettingType["type"][] = ["bool", "integer", "real", "enum", "string"];

const number = (text: string | undefined): number | undefined =>
  text === undefined || text === "" || !Number.isFinite(Number(text)) ? undefined : Number(text);

export function parseType(row: Row): SettingType {
  const type = types.find((known) => known === row["type"]) ?? "string";
  const [min, max] = [number(row["least"]), number(row["most"])];
  const { unit, words } = row;
  return {
    type,
    ...(unit === undefined || unit === "" ? {} : { unit }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(words === undefined || words === "" ? {} : { words: words.split(",") }),
  };
}
