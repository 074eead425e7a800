// Programs the project needs and no package registry has ready-made: built from Go modules with our own go.mod and go.sum,
// once, and kept by version and content of those two files, and of the program where it is our own.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa, ExecaError } from "execa";
import { cacheFolder } from "./cache.ts";
import { catalog, type GoModule, type Tool, type ToolName } from "./catalog.ts";
import { withLock } from "./lock.ts";

const here = dirname(fileURLToPath(import.meta.url));

/** A failure a person can act on: its message is one line and says what to do. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

/** The version a go.mod requires of a module, with its v. */
export const pinnedVersion = (goMod: string, module: string): string => {
  const line = goMod.split("\n").find((text) =>
    text
      .replace(/^require /, "")
      .trim()
      .startsWith(`${module} v`),
  );
  const version = line?.split(`${module} `)[1]?.split(" ")[0];
  if (version === undefined)
    throw new ToolError(`go.mod requires no version of ${module}: add it and run \`go mod tidy\` there`);
  return version;
};

const linkerFlags = (module: GoModule, version: string): string =>
  [
    "-s",
    "-w",
    ...Object.entries(module.settings(version)).map(([name, value]) => `-X ${name}=${value}`),
  ].join(" ");

interface Build {
  readonly module: GoModule;
  readonly source: string;
  readonly version: string;
  readonly folder: string;
}

/** Go files of our own: a program around a library has them, a foreign program has none. */
const ownSources = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".go"))
    .sort();

const buildOf = (module: GoModule): Build => {
  const source = join(here, module.folder);
  const goMod = readFileSync(join(source, "go.mod"), "utf8");
  const goSum = readFileSync(join(source, "go.sum"), "utf8");
  const version = pinnedVersion(goMod, module.pinned);
  const hash = createHash("sha256").update(goMod).update(goSum).update(linkerFlags(module, version));
  for (const file of ownSources(source)) hash.update(readFileSync(join(source, file)));
  const key = hash.digest("hex").slice(0, 12);
  return {
    module,
    source,
    version,
    folder: join(cacheFolder(), "tools", `${module.folder}-${version.slice(1)}-${key}`),
  };
};

const pathOf = (build: Build, tool: Tool): string => join(build.folder, "bin", tool.binary);

const lastLine = (stderr: unknown): string =>
  typeof stderr === "string" ? (stderr.trim().split("\n").at(-1) ?? "") : "";

const explain = (error: unknown, build: Build): ToolError => {
  if (!(error instanceof ExecaError)) return new ToolError(String(error));
  if (error.code === "ENOENT" || error.exitCode === 127)
    return new ToolError(
      "go is not on PATH: install Go 1.26 or newer (https://go.dev/dl/) and run this again",
    );
  return new ToolError(
    `${build.module.folder} ${build.version} did not build: ${lastLine(error.stderr) || error.shortMessage}; try \`cd ${build.source} && go mod download\``,
  );
};

const goBuild = async (build: Build, missing: readonly Tool[]): Promise<void> => {
  mkdirSync(join(build.folder, "bin"), { recursive: true });
  const out = mkdtempSync(join(build.folder, "building-"));
  const packages = missing.map((tool) => tool.package);
  const flags = [
    "build",
    "-mod=readonly",
    "-buildvcs=false",
    "-trimpath",
    "-ldflags",
    linkerFlags(build.module, build.version),
  ];
  try {
    // nice: whoever waits for nothing here should not feel the compiler
    await execa("nice", ["-n", "5", "go", ...flags, "-o", `${out}/`, ...packages], {
      cwd: build.source,
      env: { CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" },
    });
    for (const tool of missing) renameSync(join(out, tool.binary), pathOf(build, tool));
  } catch (error) {
    throw explain(error, build);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
};

const seconds = (since: number): string => ((Date.now() - since) / 1000).toFixed(1);

const progress = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const ensureModule = async (build: Build, tools: readonly Tool[]): Promise<void> => {
  const absent = (): Tool[] => tools.filter((tool) => !existsSync(pathOf(build, tool)));
  if (absent().length === 0) return;
  const label = `${build.module.folder} ${build.version}`;
  await withLock(
    `${build.folder}.lock`,
    async () => {
      const missing = absent();
      if (missing.length === 0) return;
      const start = Date.now();
      progress(`building ${label} (${missing.map((tool) => tool.binary).join(", ")}): ${build.module.wait}`);
      await goBuild(build, missing);
      progress(`built ${label} in ${seconds(start)} s, kept in ${build.folder}`);
    },
    (pid) => progress(`${label} is being built by process ${pid ?? "(starting)"}: waiting for it`),
  );
};

/**
 * The absolute paths of some tools, in the order asked, built when absent. Tools of one module are built together.
 * @throws ToolError one line with the remedy.
 */
export const ensureTools = async (names: readonly ToolName[]): Promise<string[]> => {
  const tools: readonly Tool[] = names.map((name) => catalog[name]);
  const builds = new Map<GoModule, Build>();
  for (const tool of tools) if (!builds.has(tool.module)) builds.set(tool.module, buildOf(tool.module));
  // one module after the other: the Go compiler already uses every core
  for (const [module, build] of builds)
    await ensureModule(
      build,
      tools.filter((tool) => tool.module === module),
    );
  return tools.map((tool) => pathOf(builds.get(tool.module) ?? buildOf(tool.module), tool));
};

/** The absolute path of one tool, built when absent. */
export const ensureTool = async (name: ToolName): Promise<string> => (await ensureTools([name]))[0] ?? "";
