/** Writes chart/values.schema.json; with --check it only says whether the file is what it would write. */
import { readFile, writeFile } from "node:fs/promises";
import { format } from "prettier";
import { valuesSchema } from "./schema.ts";

const target = new URL("../../chart/values.schema.json", import.meta.url);
const wanted = await format(JSON.stringify(valuesSchema), { parser: "json", printWidth: 110 });
if (process.argv.includes("--check")) {
  if ((await readFile(target, "utf8")) !== wanted) {
    console.error(
      "chart/values.schema.json is not what ci/chart/schema.ts says: run `node ci/chart/main.ts`",
    );
    process.exitCode = 1;
  }
} else {
  await writeFile(target, wanted);
}
