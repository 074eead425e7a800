import { readdirSync, readFileSync } from "node:fs";
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
  expect(stdout).toContain(`Test Suites: ${suites.length} passed, ${suites.length} total`);
  expect(exitCode).toBe(0);
});

it("every template has a suite", () => {
  const tested = suites.flatMap(
    (file) => (parse(readFileSync(`${folder}${file}`, "utf8")) as { templates: string[] }).templates,
  );
  const templates = readdirSync(`${chartFolder}/templates`, { recursive: true, encoding: "utf8" });
  const untested = templates.filter((file) => /\.(yaml|txt)$/.test(file) && !tested.includes(file));
  expect(untested).toEqual([]);
});
