// Makes one file of the program in hooks/, for the hooks image: `npm run bundle` writes .build/hooks/main.mjs and its map.
import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { build, type Message } from "esbuild";

const root = join(import.meta.dirname, "..");

/** Where node lies in the hooks image; the bundle's first line names it, so the file itself is the command `antdb`. */
const nodeInImage = "/usr/local/bin/node";

const firstLine = `#!${nodeInImage} --enable-source-maps\n`;
// pg and others are CommonJS and ask for `require` while they run: an ES module has none unless it makes one. The two
// paths go in by `define`, which leaves alone a module that declares such a name itself (yargs does).
const banner = `import { createRequire as antdbCreateRequire } from "node:module";
const require = antdbCreateRequire(import.meta.url);`;
const commonJsPaths = { __filename: "import.meta.filename", __dirname: "import.meta.dirname" };

export type Bundle = { readonly file: string; readonly map: string; readonly bytes: number };

export type BundleOptions = {
  /** The program's entry; hooks/main.ts when left out. */
  readonly entry?: string;
  /** Folder that gets main.mjs and main.mjs.map; .build/hooks when left out. */
  readonly outDir?: string;
};

/** A failure whose message is for a person to read as it is, without a stack. */
export class BundleError extends Error {
  override readonly name = "BundleError";
}

/** Bundles the program. The same sources give the same bytes, wherever the checkout lies. */
export async function bundleHooks(options: BundleOptions = {}): Promise<Bundle> {
  const entry = options.entry ?? join(root, "hooks/main.ts");
  const outDir = options.outDir ?? join(root, ".build/hooks");
  const file = join(outDir, "main.mjs");
  await mkdir(outDir, { recursive: true });
  try {
    await build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile: file,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node24",
      banner: { js: banner },
      define: { ...commonJsPaths, ANTDB_VERSION: JSON.stringify(await packageVersion()) },
      // Names stay as written, so that a stack trace can be read even where the map is not at hand.
      minifySyntax: true,
      minifyWhitespace: true,
      // A crash prints the line it happened on: let that be one a person can read.
      lineLimit: 160,
      legalComments: "external",
      sourcemap: "linked",
      sourcesContent: false,
      logLevel: "silent",
    });
  } catch (error) {
    throw new BundleError(`bundle: ${firstMessage(error)}`, { cause: error });
  }
  await setFirstLine(file);
  await chmod(file, 0o755);
  return { file, map: `${file}.map`, bytes: (await stat(file)).size };
}

/**
 * Runs the bundle with `--version` in an empty folder and an empty environment, as the image will: a module that was left
 * out of it would be missing there.
 */
export async function smokeRun(bundle: Bundle): Promise<string> {
  const empty = await mkdtemp(join(tmpdir(), "antdb-bundle-"));
  try {
    const copy = join(empty, "main.mjs");
    await copyFile(bundle.file, copy);
    const { stdout } = await promisify(execFile)(process.execPath, [copy, "--version"], {
      cwd: empty,
      env: {},
      timeout: 20_000,
    });
    return stdout.trim();
  } catch (error) {
    throw new BundleError(`bundle: \`antdb --version\` fails when run from the bundle: ${lastLine(error)}`, {
      cause: error,
    });
  } finally {
    await rm(empty, { recursive: true, force: true });
  }
}

/** esbuild keeps the entry's own #! line, which is for a checkout: the image's takes its place, line for line (the map counts lines). */
async function setFirstLine(file: string): Promise<void> {
  const text = await readFile(file, "utf8");
  if (!text.startsWith("#!"))
    throw new BundleError("bundle: the entry must begin with a #! line: the bundle is a command");
  await writeFile(file, firstLine + text.slice(text.indexOf("\n") + 1));
}

async function packageVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  return version;
}

/** esbuild's first complaint as file:line: text. */
function firstMessage(error: unknown): string {
  const [first] = (error as { errors?: Message[] }).errors ?? [];
  if (first === undefined) return String(error);
  const place = first.location === null ? "" : `${first.location.file}:${first.location.line}: `;
  return `${place}${first.text}`;
}

/** The line of a failed child that says why: the error's own, not the stack below it. */
function lastLine(error: unknown): string {
  const stderr = (error as { stderr?: string }).stderr ?? "";
  return /^\S*Error.*$/m.exec(stderr)?.[0] ?? String(error).split("\n", 1)[0] ?? "";
}

if (import.meta.main) {
  try {
    const bundle = await bundleHooks();
    const version = await smokeRun(bundle);
    console.log(
      `bundle: ${relative(root, bundle.file)}, ${(bundle.bytes / 1e6).toFixed(1)} MB, antdb ${version}`,
    );
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
