import { readFileSync } from "node:fs";
import { execa } from "execa";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import type { ToolName } from "../../ci/tools/catalog.ts";
import { ensureTool } from "../../ci/tools/tool.ts";
import { chartFolder, render, repository } from "./support/helm.ts";
import { podTemplates } from "./support/manifest.ts";

const read = (file: string): string => readFileSync(file, "utf8");
const chart = parse(read(`${chartFolder}/Chart.yaml`)) as {
  readonly icon: string;
  readonly version: string;
  readonly annotations: Readonly<Record<string, string>>;
};
const noted = (name: string): string => chart.annotations[`artifacthub.io/${name}`] ?? "";

describe("Chart.yaml", () => {
  it.each<ToolName>(["helm", "helm4"])("passes the lint of %s with nothing to say", async (name) => {
    const tool = await ensureTool(name);
    const { stdout, exitCode } = await execa(tool, ["lint", "--strict", chartFolder], { reject: false });
    expect({ exitCode, said: stdout.split("\n").filter((line) => line.startsWith("[")) }).toEqual({
      exitCode: 0,
      said: [],
    });
  });

  it("has the icon that lies beside it", () => {
    const [head, body = ""] = chart.icon.split(",");
    expect(head).toBe("data:image/svg+xml;base64");
    expect(Buffer.from(body, "base64").toString().trim()).toBe(read(`${chartFolder}/icon.svg`).trim());
  });

  it("has the project's licence and version", () => {
    const { license, version } = JSON.parse(read(`${repository}package.json`)) as Record<string, string>;
    expect([noted("license"), chart.version]).toEqual([license, version]);
  });

  it("lists every image that the defaults run, for those who must fetch them beforehand", async () => {
    const pods = podTemplates(await render());
    const run = pods.flatMap(({ template: { spec } }) =>
      [...spec.containers, ...(spec.initContainers ?? [])].map((one) => one.image),
    );
    const listed = (parse(noted("images")) as { image: string }[]).map((one) => one.image);
    expect(listed.sort()).toEqual([...new Set(run)].sort());
  });

  it("says what is new in this version", () => {
    const changes = parse(noted("changes")) as { kind: string; description: string }[];
    expect(changes.length).toBeGreaterThan(0);
    for (const { kind, description } of changes) {
      expect(["added", "changed", "deprecated", "removed", "fixed", "security"]).toContain(kind);
      expect(description).not.toBe("");
    }
  });
});
