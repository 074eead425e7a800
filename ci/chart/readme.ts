/** chart/README.md: the words of readme.hbs around tables made of values.yaml and the schema. */
import { readFileSync } from "node:fs";
import Handlebars from "handlebars";
import type { DocumentedValue } from "./comments.ts";
import { schemaAt } from "./describe.ts";
import type { Schema } from "./schema-parts.ts";

// Markdown, not HTML: nothing is escaped, and a value that is missing is an error instead of a gap.
const template = Handlebars.compile<object>(readFileSync(new URL("readme.hbs", import.meta.url), "utf8"), {
  noEscape: true,
  strict: true,
});

/** A schema's type in a word or two: what a reader may write there. */
export const typeOf = (schema: Schema): string => {
  const { title, type, enum: choice, additionalProperties } = schema;
  if (typeof title === "string") return title;
  if (Array.isArray(choice)) return choice.map((one) => JSON.stringify(one)).join(", ");
  if (Array.isArray(type)) return type.join(" or ");
  if (type === "array") return "list";
  if (type === "object") return additionalProperties === false ? "object" : "map";
  return typeof type === "string" ? type : "any";
};

const cell = (text: string): string => text.replaceAll("|", "\\|");

const rowOf = (schema: Schema, value: DocumentedValue): object => ({
  path: value.path.join("."),
  type: cell(typeOf(schemaAt(schema, value.path) ?? {})),
  default: cell(value.default ?? ""),
  text: cell(value.text),
});

/** The README's text. `chart` is Chart.yaml. */
export const readmeOf = (
  chart: { readonly kubeVersion: string; readonly version: string; readonly appVersion: string },
  schema: Schema,
  values: readonly DocumentedValue[],
): string => {
  const sections = Map.groupBy(values, (one) => one.section);
  return template({
    chart,
    sections: [...sections].map(([title, all]) => ({
      title,
      rows: all.map((one) => rowOf(schema, one)),
    })),
  });
};
