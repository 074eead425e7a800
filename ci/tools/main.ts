// node ci/tools/main.ts [NAME…]: builds the tools named (all when none is) and prints their paths.
import { catalog, isToolName, type ToolName } from "./catalog.ts";
import { ensureTools, ToolError } from "./tool.ts";

const known = Object.keys(catalog).filter(isToolName);

const wanted = (names: readonly string[]): ToolName[] => {
  const unknown = names.find((name) => !isToolName(name));
  if (unknown !== undefined)
    throw new ToolError(`no tool is called ${unknown}: there are ${known.join(", ")}`);
  return names.length === 0 ? known : names.filter(isToolName);
};

try {
  for (const path of await ensureTools(wanted(process.argv.slice(2)))) console.log(path);
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
