/** What the engine says of one of its parameters: pg_settings' vartype, unit, min_val, max_val, enumvals. */
export interface SettingType {
  readonly type: "bool" | "integer" | "real" | "enum" | "string";
  /** What a bare number counts: `kB`, `8kB`, `ms`, `s`, …; absent where it counts itself. */
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly words?: readonly string[];
}

/** A value as the engine counts it, or why it is none. */
export type Reading = { readonly value: string } | { readonly wrong: string };

/** Bytes, and milliseconds, of each unit a value may end in (src/backend/utils/misc/guc.c, memory_unit_conversion_table and its brother). */
const bytes: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
};
const milliseconds: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const unitSize = (unit: string, table: Readonly<Record<string, number>>): number | undefined => {
  const [, count = "", name = ""] = /^(\d*)([A-Za-z]+)$/.exec(unit) ?? [];
  const size = table[name];
  return size === undefined ? undefined : size * (count === "" ? 1 : Number(count));
};

const hint = (unit: string | undefined): string => {
  if (unit === undefined) return "a whole number";
  const table = unitSize(unit, bytes) === undefined ? milliseconds : bytes;
  return `a whole number of ${unit}, or one with a unit: ${Object.keys(table).join(", ")}`;
};

function readInteger(text: string, { unit, min, max }: SettingType): Reading {
  const [, digits = "", suffix = ""] = /^([+-]?\d+)\s*([A-Za-z]*)$/.exec(text) ?? [];
  if (digits === "") return { wrong: `is not ${hint(unit)}` };
  let number = Number(digits);
  if (suffix !== "") {
    const table = [bytes, milliseconds].find((each) => unit !== undefined && unitSize(unit, each));
    const size = table?.[suffix];
    if (table === undefined || unit === undefined || size === undefined)
      return { wrong: `is not ${hint(unit)}` };
    // The engine cuts off what is less than one of its units.
    number = Math.trunc((number * size) / (unitSize(unit, table) ?? 1));
  }
  return within(number, { min, max, unit });
}

function within(
  number: number,
  { min, max, unit }: { min: number | undefined; max: number | undefined; unit: string | undefined },
): Reading {
  const range = `${min ?? "…"} to ${max ?? "…"}${unit === undefined ? "" : `, counted in ${unit}`}`;
  if ((min !== undefined && number < min) || (max !== undefined && number > max))
    return { wrong: `is out of range (${range})` };
  return { value: String(number) };
}

const yes = ["on", "true", "yes", "1"];
const no = ["off", "false", "no", "0"];

function readEnum(text: string, words: readonly string[]): Reading {
  const lower = text.toLowerCase();
  const word = words.find((each) => each.toLowerCase() === lower);
  if (word !== undefined) return { value: word };
  // Parameters that were booleans once take their words still (synchronous_commit, backslash_quote, …), though they list only on and off.
  const once = yes.includes(lower) ? "on" : no.includes(lower) ? "off" : undefined;
  if (once !== undefined && words.includes(once)) return { value: once };
  return { wrong: `is none of ${words.join(", ")}` };
}

/** Reads a value the way the engine does, so that `64MB`, `65536kB` and `65536` are one and the same. */
export function readSettingValue(text: string, type: SettingType): Reading {
  const trimmed = text.trim();
  switch (type.type) {
    case "bool": {
      const lower = trimmed.toLowerCase();
      if (yes.includes(lower)) return { value: "on" };
      return no.includes(lower) ? { value: "off" } : { wrong: "is neither on nor off" };
    }
    case "integer":
      return readInteger(trimmed, type);
    case "real": {
      const number = Number(trimmed);
      if (trimmed === "" || !Number.isFinite(number)) return { wrong: "is not a number" };
      return within(number, { min: type.min, max: type.max, unit: type.unit });
    }
    case "enum":
      return readEnum(trimmed, type.words ?? []);
    case "string":
      return { value: text };
  }
}

/** Whether two texts mean the same value; texts that mean none are only the same when they are equal. */
export function sameSetting(left: string, right: string, type: SettingType): boolean {
  const [a, b] = [readSettingValue(left, type), readSettingValue(right, type)];
  return "value" in a && "value" in b ? a.value === b.value : left === right;
}
