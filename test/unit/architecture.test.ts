import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");

/** Everything git has or would take: what is ignored is nobody's business. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(root, path)) && statSync(join(root, path)).isFile());
const textOf = (path: string): string => readFileSync(join(root, path), "utf8");
const program = files.filter((path) => path.startsWith("hooks/") && path.endsWith(".ts"));

/** What each room may look at besides itself; written down here once more, so that lint and this test watch each other. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  kit: [],
  model: ["kit"],
  ports: ["model", "kit"],
  values: ["model", "kit"],
  desired: ["model", "kit"],
  plan: ["model", "kit"],
  report: ["model", "kit"],
  observed: ["ports", "model", "kit"],
  apply: ["ports", "model", "kit"],
  loop: ["values", "desired", "observed", "plan", "apply", "report", "ports", "model", "kit"],
  adapters: ["ports", "model", "kit"],
  cli: ["loop", "values", "desired", "report", "plan", "ports", "model", "kit"],
};
const mayUse: Readonly<Record<string, readonly string[]>> = {
  values: ["zod"],
  adapters: ["@kubernetes/client-node", "pg", "pino", "zod", "handlebars"],
  cli: ["yargs"],
};
const pure = new Set(["model", "ports", "desired", "plan", "report"]);

const roomOf = (path: string): string => path.split("/")[1] ?? "";
const importsOf = (path: string): readonly string[] =>
  [...textOf(path).matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");

function trespasses(path: string): string[] {
  const room = roomOf(path);
  return importsOf(path).filter((name) => {
    if (name.startsWith("node:")) return pure.has(room);
    if (!name.startsWith("."))
      return !(mayUse[room] ?? []).some((one) => name === one || name.startsWith(`${one}/`));
    const target = relative(root, join(root, dirname(path), name));
    const inside = target.startsWith("hooks/") && target !== "hooks/main.ts";
    return !inside || !(roomOf(target) === room || (mayImport[room] ?? []).includes(roomOf(target)));
  });
}

describe("the house", () => {
  it("is read at all", () => {
    expect(program.length).toBeGreaterThan(50);
    expect(program.flatMap(importsOf).length).toBeGreaterThan(150);
  });

  it("has no room nobody has drawn the walls of", () => {
    const rooms = new Set(program.filter((path) => path !== "hooks/main.ts").map(roomOf));
    expect([...rooms].filter((room) => !(room in mayImport))).toEqual([]);
  });

  it.each(program.filter((path) => path !== "hooks/main.ts"))("%s looks only where it may", (path) => {
    expect(trespasses(path)).toEqual([]);
  });

  it("touches process in main.ts alone", () => {
    const touching = program.filter((path) =>
      /(?<![.\w"'])process\./.test(textOf(path).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "")),
    );
    expect(touching).toEqual(["hooks/main.ts"]);
  });

  it("sleeps and waits nowhere in the rooms that only think", () => {
    const waiting = program.filter(
      (path) =>
        pure.has(roomOf(path)) &&
        /\b(setTimeout|setInterval|await|Date\.now|Math\.random)\b/.test(textOf(path)),
    );
    expect(waiting.filter((path) => roomOf(path) !== "ports")).toEqual([]);
  });
});

const written = files.filter((path) =>
  /\.(ts|mts|mjs|js|go|sh|sql|ya?ml|tpl|json|md|Dockerfile)$|Dockerfile|^\.ci\/run$/.test(path),
);

describe("every file", () => {
  it("of program, tests and scripts is short enough to be read at once", () => {
    const code = files.filter((path) => /\.(ts|mts|mjs|js|go|sh)$/.test(path));
    const long = code
      .map((path) => [path, textOf(path).split("\n").length - 1] as const)
      .filter(([, lines]) => lines > 250);
    expect(long).toEqual([]);
  });

  it("speaks of nothing outside the repository", () => {
    const outside = new RegExp(
      ["\\.\\./" + "shared\\b", "\\." + "library\\b", "/" + "work/(?:main|plan|shared)"].join("|"),
    );
    expect(written.filter((path) => outside.test(textOf(path)))).toEqual([]);
  });
});
