import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bundleHooks, smokeRun } from "../../../docker/bundle.ts";

const packages = join(import.meta.dirname, "../../../node_modules");

describe("the bundle", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "antdb-bundle-test-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const entry = async (text: string): Promise<string> => {
    const file = join(folder, "main.ts");
    await writeFile(file, text);
    return file;
  };
  // CommonJS that asks for `require` at run time, and the package that breaks when it is not a true ES module.
  const program = `#!/usr/bin/env node
import pg from "${packages}/pg/lib/index.js";
import yargs from "${packages}/yargs/index.mjs";
declare const ANTDB_VERSION: string;
new pg.Client({ host: "127.0.0.1" });
await yargs(process.argv.slice(2)).version(ANTDB_VERSION).parse();
`;

  test("runs alone in an empty folder, and knows its version", async () => {
    const bundle = await bundleHooks({ entry: await entry(program), outDir: join(folder, "out") });
    const { version } = JSON.parse(await readFile(join(packages, "../package.json"), "utf8")) as {
      version: string;
    };
    expect(await smokeRun(bundle)).toBe(version);
  });

  test("made twice, it is the same to the byte, and so is its map", async () => {
    const source = await entry(program);
    const [first, second] = [
      await bundleHooks({ entry: source, outDir: join(folder, "one") }),
      await bundleHooks({ entry: source, outDir: join(folder, "two") }),
    ];
    expect(await readFile(second.file)).toEqual(await readFile(first.file));
    expect(await readFile(second.map)).toEqual(await readFile(first.map));
  });

  test("is a command of the image: its first line names the image's node", async () => {
    const bundle = await bundleHooks({
      entry: await entry("#!/usr/bin/env node\nprocess.exitCode = 0;\n"),
      outDir: folder,
    });
    expect((await readFile(bundle.file, "utf8")).split("\n", 1)).toEqual([
      "#!/usr/local/bin/node --enable-source-maps",
    ]);
  });

  test("a missing module is named with its place, in one line", async () => {
    const source = await entry('#!/usr/bin/env node\nimport "./absent.ts";\n');
    await expect(bundleHooks({ entry: source, outDir: folder })).rejects.toThrow(
      /^bundle: \S*main\.ts:2: [^\n]*absent\.ts[^\n]*$/,
    );
  });

  test("a program that fails on --version is refused", async () => {
    const bundle = await bundleHooks({
      entry: await entry('#!/usr/bin/env node\nthrow new Error("no");\n'),
      outDir: folder,
    });
    await expect(smokeRun(bundle)).rejects.toThrow("fails when run from the bundle: Error: no");
  });
});
