import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chartFolder } from "./support/helm.ts";

const library = `${chartFolder}/files/wal.sh`;
const segments = { "00000001000000000000000A": "the first", "00000001000000000000000B": "the last" };

let home: string;
const at = (name: string): string => join(home, name);
const text = (name: string): Promise<string> => readFile(at(name), "utf8");
const makeLog = async (name: string, files: Record<string, string> = segments): Promise<void> => {
  await mkdir(at(`${name}/archive_status`), { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(at(`${name}/${file}`), content);
};
const readLog = async (name: string): Promise<Record<string, string>> => {
  const files = (await readdir(at(name))).filter((file) => file !== "archive_status");
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file): Promise<[string, string]> => [file, await text(`${name}/${file}`)]),
    ),
  );
};

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "antdb-wal-"));
  await mkdir(at("volume"));
  await mkdir(at("data"));
  await writeFile(at("data/PG_VERSION"), "11\n");
});
afterEach(() => rm(home, { recursive: true }));

/** settle_wal as the entrypoint calls it; with killAt it is killed before its n-th command. */
const settle = async (
  more: Record<string, string> = {},
): Promise<{ said: string; signal: string | undefined }> => {
  const script = `log() { echo "$*"; }; DATA=$HOME/data; source ${library}; settle_wal`;
  const env = { HOME: home, PATH: `${at("bin")}:/usr/bin:/bin`, ANTDB_WAL: at("volume/pg_wal"), ...more };
  const { all, signal, exitCode } = await execa("bash", ["-Eeuo", "pipefail", "-c", script], {
    env,
    extendEnv: false,
    all: true,
    reject: false,
    stdin: "ignore",
  });
  if (signal === undefined) expect([exitCode, all]).toEqual([0, all]);
  return { said: all, signal };
};

/** Puts before each command that changes anything a count, and a kill at the one that is named. */
async function withKills(): Promise<void> {
  await mkdir(at("bin"));
  for (const name of ["rm", "cp", "mv", "ln", "sync"]) {
    const body = `n=$(($(cat "$HOME/count" 2>/dev/null || echo 0) + 1)); echo $n >"$HOME/count"
[[ $n != "\${KILL_AT:-0}" ]] || { kill -KILL $PPID; exit 1; }
exec /bin/${name} "$@"`;
    await writeFile(at(`bin/${name}`), `#!/bin/bash\n${body}\n`);
    await chmod(at(`bin/${name}`), 0o755);
  }
}

const expectMoved = async (): Promise<void> => {
  expect(await readlink(at("data/pg_wal"))).toBe(at("volume/pg_wal"));
  expect(await readLog("data/pg_wal")).toEqual(segments);
  expect((await readdir(at("data"))).sort()).toEqual(["PG_VERSION", "pg_wal"]);
};

describe("a log that was made before there was a volume for it", () => {
  it("is moved there, once", async () => {
    await makeLog("data/pg_wal");
    expect((await settle()).said).toContain("moving the write-ahead log to its own volume");
    await expectMoved();
    expect((await settle()).said).toBe("");
    await expectMoved();
  });

  it("is whole after a kill at any moment and another start", async () => {
    await withKills();
    let kills = 0;
    for (let killAt = 1; ; killAt++) {
      await Promise.all(
        ["data/pg_wal", "data/pg_wal.moved", "count"].map((name) =>
          rm(at(name), { recursive: true, force: true }),
        ),
      );
      await rm(at("volume"), { recursive: true });
      await mkdir(at("volume"));
      await makeLog("data/pg_wal");
      const { signal } = await settle({ KILL_AT: String(killAt) });
      if (signal === undefined) break;
      kills += 1;
      await settle();
      await expectMoved();
    }
    expect(kills).toBeGreaterThanOrEqual(7);
  });

  it("is copied anew after a copy that was cut off", async () => {
    await makeLog("data/pg_wal");
    await makeLog("volume/pg_wal.copy", { "00000001000000000000000A": "the fi" });
    await settle();
    await expectMoved();
  });

  it("takes the place of another's, which is kept aside", async () => {
    await makeLog("data/pg_wal");
    await makeLog("volume/pg_wal", { old: "of a directory that is no more" });
    await settle();
    await expectMoved();
    expect(await readLog("volume/pg_wal.left")).toEqual({ old: "of a directory that is no more" });
  });

  it("stays where there is no volume, and on a directory that is not initialised nothing is done", async () => {
    await makeLog("data/pg_wal");
    await settle({ ANTDB_WAL: "" });
    expect((await lstat(at("data/pg_wal"))).isDirectory()).toBe(true);
    await rm(at("data/PG_VERSION"));
    expect((await settle()).said).toBe("");
    expect((await lstat(at("data/pg_wal"))).isDirectory()).toBe(true);
  });

  it.each([
    ["the volume is another", () => at("volume/pg_wal")],
    ["the values have none any more", () => ""],
  ])("that was moved is missed in plain words when %s", async (_, wal) => {
    await symlink(at("volume/pg_wal"), at("data/pg_wal"));
    const { said } = await settle({ ANTDB_WAL: wal() });
    expect(said).toContain(`leads to ${at("volume/pg_wal")}, which is not there`);
    expect(await readlink(at("data/pg_wal"))).toBe(at("volume/pg_wal"));
  });
});

describe("entrypoint.sh with a volume for the log", () => {
  const program = async (name: string, body: string): Promise<void> => {
    await mkdir(at("bin"), { recursive: true });
    await writeFile(at(`bin/${name}`), `#!/bin/bash\n${body}\n`);
    await chmod(at(`bin/${name}`), 0o755);
  };
  const run = async (mode: string): Promise<string> => {
    const env = {
      PATH: `${at("bin")}:/usr/bin:/bin`,
      ANTDB_DATA: at("data"),
      ANTDB_WAL: at("volume/pg_wal"),
      ANTDB_HOME: home,
      ANTDB_PROGRAMS: at("programs"),
      ANTDB_PASSWORD_FILE: at("password"),
      ANTDB_SOCKETS: home,
    };
    const { all } = await execa("bash", [`${chartFolder}/files/entrypoint.sh`, mode], {
      env,
      extendEnv: false,
      all: true,
      reject: false,
      stdin: "ignore",
    });
    return all;
  };

  it("runs the agent from the folder where initdb and pg_basebackup know of it", async () => {
    await makeLog("data/pg_wal");
    await program("agent", `echo "$0" >${at("called")}; exit 3`);
    expect(await run("agent")).toContain("the agent ended by itself (status 3)");
    expect(await text("called")).toBe(`${at("programs/bin/agent")}\n`);
    await expectMoved();
  });

  it("moves the log of a manager that was just made", async () => {
    await rm(at("data"), { recursive: true });
    await writeFile(at("password"), "x");
    const files = Object.entries(segments).map(([file, said]) => `printf %s "${said}" >"$2/pg_wal/${file}"`);
    await program(
      "initmgr",
      `mkdir -p "$2/pg_wal"; ${files.join("; ")}; echo 11 >"$2/PG_VERSION"; touch "$2/postgresql.conf"`,
    );
    await program("adbmgrd", "exit 3");
    await program("psql", "exit 1");
    await run("mgr");
    expect(await readlink(at("data/pg_wal"))).toBe(at("volume/pg_wal"));
    expect(await readLog("data/pg_wal")).toEqual(segments);
  });
});
