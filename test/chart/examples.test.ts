import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { execa } from "execa";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import { ensureTool } from "../../ci/tools/tool.ts";
import { chartFolder, render, repository } from "./support/helm.ts";

const folder = `${chartFolder}/examples`;
const examples = readdirSync(folder);
const read = (file: string): string => readFileSync(file, "utf8");
const headerOf = (text: string): string => /^(#.*\n)+/.exec(text)?.[0] ?? "";

describe.each(examples)("examples/%s", (example) => {
  const text = read(`${folder}/${example}`);

  it("says what it is for, what it costs, what it needs, and how it is installed", () => {
    const told = [...headerOf(text).matchAll(/^# (\w+): /gm)].map(([, word]) => word);
    expect(told).toEqual(["For", "Costs", "Needs", "Install"]);
    expect(headerOf(text)).toMatch(
      new RegExp(`^# +(Install: )?helm install .* -f chart/examples/${example}`, "m"),
    );
    expect(text.split("\n").length).toBeLessThan(80);
  });

  it("gives each line that sets something a reason, its own or its block's", () => {
    let reasonAt = -1;
    const without = text
      .slice(headerOf(text).length)
      .split("\n")
      .filter((line) => {
        const depth = line.search(/\S/);
        if (depth <= reasonAt) reasonAt = -1;
        if (line.includes(" # ")) reasonAt = reasonAt === -1 ? depth : Math.min(reasonAt, depth);
        const sets = /:\s+[^#\s]/.test(line);
        return sets && !line.includes(" # ") && reasonAt === -1 && !/resources: /.test(line);
      });
    expect(without).toEqual([]);
  });

  it("makes as many pods as it says", async () => {
    const manifests = await render({ valuesFiles: [`${folder}/${example}`] });
    const pods = manifests
      .filter((one) => ["StatefulSet", "Deployment"].includes(one.kind))
      .map((one) => one.spec?.replicas ?? 0)
      .reduce((sum, replicas) => sum + replicas, 0);
    const said = /(\d+) pods/.exec(headerOf(text))?.[1];
    if (said !== undefined) expect(pods).toBe(Number(said));
  });

  it("takes the time that its helm command gives", () => {
    const { hooks } = parse(text) as { hooks?: { timeoutSeconds?: number } };
    const minutes = /--timeout (\d+)m/.exec(headerOf(text))?.[1];
    expect(hooks?.timeoutSeconds).toBe(minutes === undefined ? undefined : Number(minutes) * 60);
  });

  it("is installed by an e2e test", () => {
    const suites = readdirSync(`${repository}test/e2e`).map((file) => read(`${repository}test/e2e/${file}`));
    expect(suites.filter((suite) => suite.includes(`examples/${example}`))).not.toEqual([]);
  });
});

describe("the packaged chart", () => {
  it("has the examples in it, since who pulls it has nothing else", async () => {
    const target = await mkdtemp(join(tmpdir(), "antdb-package-"));
    try {
      await execa(await ensureTool("helm"), ["package", chartFolder, "--destination", target]);
      const [archive = ""] = readdirSync(target);
      const packed = gunzipSync(readFileSync(join(target, archive))).toString("latin1");
      expect(examples.filter((file) => !packed.includes(`antdb/examples/${file}`))).toEqual([]);
    } finally {
      await rm(target, { recursive: true });
    }
  });

  it("and its README names each of them", () => {
    const readme = read(`${chartFolder}/README.md`);
    expect(examples.filter((file) => !readme.includes(`examples/${file}`))).toEqual([]);
  });
});
