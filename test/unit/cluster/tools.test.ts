import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cacheFolder } from "../../../ci/tools/cache.ts";
import { catalog, kubernetesVersion } from "../../../ci/tools/catalog.ts";
import { withLock } from "../../../ci/tools/lock.ts";
import {
  formatProcess,
  identify,
  isRunning,
  parseProcess,
  startTimeOf,
} from "../../../ci/tools/processes.ts";
import { pinnedVersion } from "../../../ci/tools/tool.ts";

const tools = new URL("../../../ci/tools/", import.meta.url);
const goMod = (folder: string): string => readFileSync(new URL(`${folder}/go.mod`, tools), "utf8");

describe("the catalog of tools", () => {
  test.each(Object.entries(catalog))("%s is of a go.mod that pins it and has its sums", (_, tool) => {
    const text = goMod(tool.module.folder);
    expect(pinnedVersion(text, tool.module.pinned)).toMatch(/^v\d+\.\d+\.\d+/);
    expect(text).toMatch(new RegExp(`^(tool |module |\\t)${tool.package}$`, "m"));
    expect(existsSync(new URL(`${tool.module.folder}/go.sum`, tools))).toBe(true);
  });

  test("one Kubernetes version: go.mod, and every staging module of the same minor", () => {
    const text = goMod("kubernetes");
    expect(pinnedVersion(text, "k8s.io/kubernetes")).toBe(`v${kubernetesVersion}`);
    const replaced = [...text.matchAll(/^\tk8s\.io\/\S+ => k8s\.io\/\S+ (\S+)$/gm)].map(
      ([, version]) => version,
    );
    expect(replaced.length).toBeGreaterThan(20);
    expect(new Set(replaced)).toEqual(new Set([`v0.${kubernetesVersion.slice(2)}`]));
  });

  test("a go.mod without the module is refused by name", () => {
    expect(() => pinnedVersion("module x\n", "example.org/y")).toThrow(
      "requires no version of example.org/y",
    );
    expect(pinnedVersion("require example.org/y v1.2.3 // indirect\n", "example.org/y")).toBe("v1.2.3");
  });

  test("the cache folder follows the environment", () => {
    expect(cacheFolder({ ANTDB_CACHE: "/c", XDG_CACHE_HOME: "/x" })).toBe("/c");
    expect(cacheFolder({ XDG_CACHE_HOME: "/x" })).toBe("/x/antdb");
    expect(cacheFolder({})).toMatch(/\/\.cache\/antdb$/);
  });
});

describe("recorded processes", () => {
  test("the start time is found behind a command with brackets and spaces", () => {
    const fields = Array.from({ length: 30 }, (_, index) => String(index + 3));
    expect(startTimeOf(`42 (a) b (c) ${fields.join(" ")}`)).toBe("22");
  });

  test("what is written is read back, anything else is nobody", () => {
    const self = identify(process.pid)!;
    expect(parseProcess(formatProcess(self))).toEqual(self);
    for (const text of ["", "12", "x y z", "1 2 3 4"]) expect(parseProcess(text)).toBeUndefined();
  });

  test("a recycled pid is another process", () => {
    const self = identify(process.pid)!;
    expect(isRunning(self)).toBe(true);
    expect(isRunning({ ...self, startTime: "1" })).toBe(false);
    expect(isRunning({ ...self, boot: "another" })).toBe(false);
  });
});

describe("the lock between processes", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "antdb-lock-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test("one at a time, and released when the work fails", async () => {
    const path = join(folder, "lock");
    let inside = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      expect(inside).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside -= 1;
    };
    await Promise.all([withLock(path, work), withLock(path, work), withLock(path, work)]);
    await expect(withLock(path, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(path)).toBe(false);
  });

  test("whoever waits is told for whom, once", async () => {
    const path = join(folder, "lock");
    const told: (number | undefined)[] = [];
    const slow = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));
    await Promise.all([
      withLock(path, slow),
      withLock(
        path,
        () => Promise.resolve(),
        (pid) => told.push(pid),
      ),
    ]);
    expect(told).toEqual([process.pid]);
  });

  test("the lock of one who died is taken over", async () => {
    const path = join(folder, "lock");
    const child = spawn("sleep", ["60"]);
    const owner = identify(child.pid!)!;
    mkdirSync(path);
    writeFileSync(join(path, "owner"), formatProcess(owner));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    await expect(withLock(path, () => Promise.resolve("mine"))).resolves.toBe("mine");
  });

  test("so is one whose owner died before it wrote its name", async () => {
    const path = join(folder, "lock");
    mkdirSync(path);
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(path, longAgo, longAgo);
    await expect(withLock(path, () => Promise.resolve("mine"))).resolves.toBe("mine");
  });
});
