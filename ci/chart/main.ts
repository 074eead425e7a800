/**
 * Writes chart/values.schema.json and chart/README.md from the comments in chart/values.yaml and from ci/chart/schema.ts.
 * With --check it writes nothing and says what is not as it would be written.
 */
import { readFile, writeFile } from "node:fs/promises";
import { format } from "prettier";
import { parse } from "yaml";
import { readComments } from "./comments.ts";
import { describe } from "./describe.ts";
import { readmeOf } from "./readme.ts";
import { valuesSchema } from "./schema.ts";

const chart = (name: string): URL => new URL(`../../chart/${name}`, import.meta.url);
const textOf = (name: string): Promise<string> => readFile(chart(name), "utf8").catch(() => "");

const { values, faults } = readComments(await textOf("values.yaml"));
const { schema, unknown } = describe(valuesSchema, values);
const wanted = {
  "values.schema.json": await format(JSON.stringify(schema), { parser: "json", printWidth: 110 }),
  "README.md": readmeOf(parse(await textOf("Chart.yaml")) as Parameters<typeof readmeOf>[0], schema, values),
};

const errors = [
  ...faults.map((fault) => `chart/values.yaml, ${fault}`),
  ...unknown.map((path) => `chart/values.yaml has ${path}, which ci/chart/schema.ts does not know`),
];
if (errors.length === 0)
  for (const [name, text] of Object.entries(wanted)) {
    if ((await textOf(name)) === text) continue;
    if (process.argv.includes("--check"))
      errors.push(`chart/${name} is not up to date: run \`npm run chart:generate\``);
    else await writeFile(chart(name), text);
  }
for (const error of errors) console.error(error);
process.exitCode = errors.length === 0 ? 0 : 1;
