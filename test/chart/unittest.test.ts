import { existsSync, readdirSync, readFileSync } from "node:fs";
import { execa } from "execa";
import { parse } from "yaml";
import { expect, it } from "vitest";
import { ensureTool } from "../../ci/tools/tool.ts";
import { chartFolder } from "./support/helm.ts";

const folder = new URL("unittest/", import.meta.url).pathname;
const suites = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith("_test.yaml"),
);

it("every helm-unittest suite passes", async () => {
  const tool = await ensureTool("helm-unittest");
  // Whole paths: helm-unittest takes a pattern that contains the chart's folder name for one inside the chart.
  const files = suites.flatMap((file) => ["-f", `${folder}${file}`]);
  const { exitCode, stdout } = await execa(tool, ["--strict", ...files, chartFolder], { reject: false });
  const failures = stdout.split("\n").filter((line) => /FAIL|- asserts|- it|Error/.test(line));
  expect(failures).toEqual([]);
  expect(stdout).toContain(`Test Suites: ${suites.length} passed, ${suites.length} total`);
  expect(exitCode).toBe(0);
});

/** dn/statefulset.yaml is tested by dn/statefulset_test.yaml, which may look at nothing else. */
it("every template has a suite of its own", () => {
  const templates = readdirSync(`${chartFolder}/templates`, { recursive: true, encoding: "utf8" }).filter(
    (file) => /\.(yaml|txt)$/.test(file),
  );
  const without = templates.filter((file) => {
    const suite = `${folder}${file.replace(/\.(yaml|txt)$/, "").replace("NOTES", "notes")}_test.yaml`;
    if (!existsSync(suite)) return true;
    const { templates: own, tests } = parse(readFileSync(suite, "utf8")) as {
      templates: string[];
      tests: unknown[];
    };
    return own.length !== 1 || own[0] !== file || tests.length === 0;
  });
  expect(templates.length).toBeGreaterThan(30);
  expect(without).toEqual([]);
});
