import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chartFolder } from "./support/helm.ts";

const library = `${chartFolder}/files/wal.sh`;

let home: string;
const at = (name: string): string => join(home, name);
const text = (name: string): Promise<string> => readFile(at(name), "utf8");
const leaveLog = async (): Promise<void> => {
  await mkdir(at("volume/pg_wal"));
  await writeFile(at("volume/pg_wal/segment"), "of another");
};

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "antdb-wal-"));
  await mkdir(at("volume"));
  await mkdir(at("data"));
  await writeFile(at("data/PG_VERSION"), "11\n");
});
afterEach(() => rm(home, { recursive: true }));

describe("initdb and pg_basebackup", () => {
  /** An engine whose programs say what they were called with, seen through the folder that the agent gets. */
  const call = async (name: string, ...args: string[]): Promise<string> => {
    const engine = at("engine");
    const env = {
      PATH: "/usr/bin:/bin",
      ANTDB_HOME: engine,
      ANTDB_PROGRAMS: at("programs"),
      ANTDB_WAL: at("volume/pg_wal"),
      ANTDB_LOG: at("log"),
    };
    await mkdir(`${engine}/bin`, { recursive: true });
    for (const program of ["agent", "initdb", "pg_basebackup", "pg_ctl"]) {
      await writeFile(`${engine}/bin/${program}`, `#!/bin/bash\necho "${program} $*"\n`);
      await chmod(`${engine}/bin/${program}`, 0o755);
    }
    const make = `log() { :; }; DATA=; source ${library}; engine_with_wal`;
    await execa("bash", ["-Eeuo", "pipefail", "-c", make], { env, extendEnv: false, stdin: "ignore" });
    return (await execa(at(`programs/bin/${name}`), args, { env, extendEnv: false })).stdout;
  };
  const option = (): string => `--waldir=${at("volume/pg_wal")}`;

  it.each([
    ["initdb", ["-D", "DIR", "--nodename", "dn_0"]],
    ["initdb", ["-DDIR"]],
    ["initdb", ["--pgdata=DIR"]],
    ["pg_basebackup", ["-h", "10.0.0.1", "-D", "DIR", "-Xs", "-Fp", "-R"]],
  ])("%s %j puts the log on its volume", async (name, args) => {
    const told = args.map((one) => one.replace("DIR", at("fresh")));
    expect(await call(name, ...told)).toBe(`${name} ${option()} ${told.join(" ")}`);
  });

  it("say their version as the engine's own, which is what the agent asks first", async () => {
    expect(await call("initdb", "-V")).toBe("initdb -V");
    expect(await call("pg_ctl", "start")).toBe("pg_ctl start");
  });

  it("keep aside what a cleaned directory left on the volume", async () => {
    await leaveLog();
    await mkdir(at("fresh"));
    expect(await call("initdb", "-D", at("fresh"))).toContain(option());
    expect(await text("volume/pg_wal.left/segment")).toBe("of another");
    expect(await readdir(at("volume"))).toEqual(["pg_wal.left"]);
    expect(await text("log")).toContain("pg_wal.left");
  });

  it("touch no log when the directory holds files: the engine's own refuses it", async () => {
    await leaveLog();
    expect(await call("initdb", "-D", at("data"))).toBe(`initdb -D ${at("data")}`);
    expect(await text("volume/pg_wal/segment")).toBe("of another");
  });

  it("run beside an agent that is a copy: it looks for them where it is itself, links followed", async () => {
    await call("initdb", "-V");
    expect((await lstat(at("programs/bin/agent"))).isFile()).toBe(true);
    expect((await stat(at("programs/bin/agent"))).mode & 0o111).not.toBe(0);
  });
});
