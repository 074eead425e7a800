import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { contentHash } from "../../../ci/images/content-hash.ts";

describe("an image's tag", () => {
  let folder: string;
  let a: string;
  let b: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "antdb-hash-"));
    a = join(folder, "a");
    b = join(folder, "b");
    await writeFile(a, "one");
    await writeFile(b, "two");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const tag = (files: Record<string, string>, args: Record<string, string> = {}) =>
    contentHash({ files, args });

  test("is twelve hex digits, whatever the order and wherever the sources lie", async () => {
    const copy = join(folder, "copy");
    await writeFile(copy, "one");
    const first = await tag({ "x/a": a, "x/b": b }, { P: "1", Q: "2" });
    expect(first).toMatch(/^[0-9a-f]{12}$/);
    expect(await tag({ "x/b": b, "x/a": copy }, { Q: "2", P: "1" })).toBe(first);
  });

  test("changes with a file's content, path, executable bit, and with an argument", async () => {
    const tags = [
      await tag({ a }),
      await tag({ z: a }),
      await tag({ a: b }),
      await tag({ a }, { P: "1" }),
      await tag({ a }, { P: "2" }),
    ];
    await chmod(a, 0o755);
    tags.push(await tag({ a }));
    expect(new Set(tags).size).toBe(tags.length);
  });
});
