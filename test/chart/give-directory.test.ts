import { chmod, chown, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { execa } from "execa";
import { chartFolder } from "./support/helm.ts";

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "antdb-directory-"))));
afterEach(() => rm(folder, { recursive: true }));

const owner = "1000:1000";
const give = async (directory: string): Promise<{ exitCode: number; said: string }> => {
  const env = { OWNER: owner, HOST_PATH: "/data/pv/db/antdb/dn-*" };
  const { exitCode, stdout, stderr } = await execa(
    "bash",
    [`${chartFolder}/files/give-directory.sh`, directory],
    { reject: false, env },
  );
  return { exitCode: exitCode ?? -1, said: `${stdout}${stderr}` };
};
const facts = async (directory: string): Promise<string> => {
  const { uid, gid, mode } = await stat(directory);
  return `${uid}:${gid} ${(mode & 0o777).toString(8)}`;
};
const made = async (uid: number, mode = 0o755): Promise<string> => {
  const directory = join(folder, "volume");
  await mkdir(directory);
  await chmod(directory, mode);
  await chown(directory, uid, uid);
  return directory;
};

describe.skipIf(process.getuid?.() !== 0)("giving a host's directory away (as root)", () => {
  it("gives an empty one of root's, and a second time changes nothing", async () => {
    const directory = await made(0);
    expect(await give(directory)).toEqual({ exitCode: 0, said: `${directory} given to ${owner}` });
    expect(await facts(directory)).toBe("1000:1000 700");
    expect(await give(directory)).toEqual({ exitCode: 0, said: "" });
  });

  it("leaves the engine's own as it is", async () => {
    const directory = await made(1000, 0o750);
    expect(await give(directory)).toEqual({ exitCode: 0, said: "" });
    expect(await facts(directory)).toBe("1000:1000 750");
  });

  it.each([
    ["of somebody else's", 1001, false],
    ["of root's with files in it", 0, true],
  ])("refuses one %s, and says what to type", async (_, uid, files) => {
    const directory = await made(uid);
    if (files) await writeFile(join(directory, "rows"), "");
    const { exitCode, said } = await give(directory);
    expect(exitCode).toBe(1);
    expect(said).toContain(`(/data/pv/db/antdb/dn-*), belongs to ${uid}:${uid} and not to ${owner}`);
    expect(said).toContain(`chown -R ${owner} DIRECTORY`);
    expect(await facts(directory)).toBe(`${uid}:${uid} 755`);
  });
});
