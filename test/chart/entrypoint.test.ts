import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { programs } from "./support/entrypoint-programs.ts";
import { chartFolder, repository } from "./support/helm.ts";

const entrypoint = `${chartFolder}/files/entrypoint.sh`;
/** Debian's package of the same name; the project does not depend on it. */
const linter = "shellcheck";
const password = "seeded-Passw0rd-'quoted'";

let home: string;
let env: Record<string, string>;
const at = (name: string): string => join(home, name);
const notes = (): Promise<string> => readFile(at("notes"), "utf8").catch(() => "");
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "antdb-entrypoint-"));
  await mkdir(at("bin"));
  for (const [name, body] of Object.entries(programs)) {
    await writeFile(at(`bin/${name}`), `#!/bin/bash\n${body}\n`);
    await chmod(at(`bin/${name}`), 0o755);
  }
  await writeFile(at("password"), password);
  env = {
    PATH: `${at("bin")}:/usr/bin:/bin`,
    NOTES: at("notes"),
    STATEMENTS: at("statements"),
    ANTDB_DATA: at("data"),
    ANTDB_PASSWORD_FILE: at("password"),
    ANTDB_SOCKETS: home,
    ANTDB_STOP_SECONDS: "1",
  };
});
afterEach(() => rm(home, { recursive: true }));

type Running = ReturnType<typeof start>;
const start = (mode: string, more: Record<string, string> = {}) =>
  execa("bash", [entrypoint, mode], {
    env: { ...env, ...more },
    extendEnv: false,
    all: true,
    reject: false,
    stdin: "ignore",
  });

const until = async (check: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 200; tries++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited in vain; notes: ${await notes()}`);
};
const noted = (text: string): Promise<void> => until(async () => (await notes()).includes(text));

const end = async (running: Running): Promise<{ exitCode: number | undefined; all: string }> => {
  running.kill("SIGTERM");
  const { exitCode, all } = await running;
  return { exitCode, all };
};

const startPostgres = async (more: Record<string, string> = {}): Promise<void> => {
  await mkdir(at("data"), { recursive: true });
  await execa(
    "bash",
    ["-c", "env --default-signal=INT,QUIT setsid postmaster >/dev/null 2>&1 </dev/null &"],
    {
      env: { ...env, ...more },
      extendEnv: false,
    },
  );
  await until(() => exists(at("data/postmaster.pid")));
};

describe("entrypoint.sh agent", () => {
  it("starts the agent on its port, and ends with 0 within a second or two, even when the agent ignores TERM", async () => {
    const running = start("agent", { AGENT_STUBBORN: "yes" });
    await noted("agent -P 8432");
    const { exitCode, all } = await end(running);
    expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
    expect(all).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ entrypoint: starting the agent on port 8432$/m);
  });

  it("stops postgres before it leaves", async () => {
    const running = start("agent");
    await noted("agent -P 8432");
    await startPostgres();
    const { exitCode, all } = await end(running);
    expect(await notes()).toContain("postgres INT");
    expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
    expect(all).toContain("postgres has stopped");
  });

  it("stays a moment when its postgres has stopped, so that connects are refused, and not when none ran or it is a standby", async () => {
    const lasting = { ANTDB_REFUSE_SECONDS: "0.5" };
    const standby = start("agent", lasting);
    await noted("agent -P 8432");
    await startPostgres();
    await writeFile(at("data/recovery.conf"), "");
    expect((await end(standby)).all).toMatch(/postgres has stopped\n.*ended/);
    await rm(at("data"), { recursive: true });
    await rm(at("notes"));
    const idle = start("agent", lasting);
    await noted("agent -P 8432");
    expect((await end(idle)).all).not.toContain("refused");
    const running = start("agent", lasting);
    await startPostgres();
    await until(async () => (await notes()).split("agent -P 8432").length === 3);
    const { exitCode, all } = await end(running);
    expect(all).toMatch(/postgres has stopped\n.*connects are refused for 0\.5 s yet.*\n.*ended/);
    expect(exitCode).toBe(0);
  });

  it("stops a postgres that does not end in time at once", async () => {
    const running = start("agent");
    await noted("agent -P 8432");
    await startPostgres({ POSTGRES_STUBBORN: "yes" });
    const { exitCode, all } = await end(running);
    expect(await notes()).toContain("postgres INT\npostgres QUIT");
    expect(all).toContain("immediate stop");
    expect(exitCode).toBe(0);
  });

  it("stops postgres and fails when the agent dies by itself, so that the pod starts again", async () => {
    const agentDies = `#!/bin/bash\necho agent >>"$NOTES"; until [[ -e "$NOTES.die" ]]; do sleep 0.05; done; exit 7\n`;
    await writeFile(at("bin/agent"), agentDies);
    const running = start("agent");
    await noted("agent");
    await startPostgres();
    await writeFile(at("notes.die"), "");
    const { exitCode, all } = await running;
    expect(await notes()).toContain("postgres INT");
    expect(all).toContain("the agent ended by itself (status 7)");
    expect(exitCode).toBe(1);
  });

  it("removes a stale postmaster.pid and the permissions that postgres refuses", async () => {
    await mkdir(at("data/base"), { recursive: true });
    await writeFile(at("data/postmaster.pid"), "1\n");
    await writeFile(at("data/base/1"), "");
    await symlink("/nowhere", at("data/link"));
    await chmod(at("data/base/1"), 0o664);
    await chmod(at("data"), 0o2770);
    const running = start("agent");
    await noted("agent -P 8432");
    await end(running);
    const modes = await Promise.all(["data", "data/base", "data/base/1"].map((name) => stat(at(name))));
    expect(modes.map(({ mode }) => (mode & 0o7777).toString(8))).toEqual(["700", "700", "600"]);
    expect(await exists(at("data/postmaster.pid"))).toBe(false);
  });
});

describe("entrypoint.sh mgr", () => {
  it("makes a manager beside its place, sets it up, and stops it fast", async () => {
    const running = start("mgr");
    await noted("psql -X -q -v ON_ERROR_STOP=1 -h");
    await until(async () =>
      (await readFile(at("statements"), "utf8").catch(() => "")).includes("ALTER ROLE"),
    );
    const { exitCode, all } = await end(running);
    expect(await notes()).toContain(`initmgr -D ${at("data.init-tmp")}`);
    expect(await notes()).toContain("adbmgrd INT");
    expect(await notes()).toContain("(-c command_mode=sql)");
    expect(await exists(at("data.init-tmp"))).toBe(false);
    expect(await readFile(at("data/antdb-chart.conf"), "utf8")).toContain("port = 6432");
    expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
  });

  it("shows the password to nobody: no argument, no environment, no log", async () => {
    const running = start("mgr");
    await until(async () =>
      (await readFile(at("statements"), "utf8").catch(() => "")).includes("ALTER ROLE"),
    );
    const { all } = await end(running);
    expect([all, await notes(), await readFile(at("statements"), "utf8")].join("")).not.toContain("seeded");
  });

  it("includes its settings once, however often it starts", async () => {
    for (let round = 1; round <= 2; round++) {
      await rm(at("notes"), { force: true });
      const running = start("mgr");
      await noted("psql");
      await end(running);
    }
    const lines = (await readFile(at("data/postgresql.conf"), "utf8")).match(/antdb-chart\.conf/g);
    expect(lines).toHaveLength(1);
    expect(await notes()).not.toContain("initmgr");
  });

  it("takes nothing half-made for a manager: initmgr failed, and the next start begins anew", async () => {
    const { exitCode, all } = await start("mgr", { INIT_BROKEN: "yes" });
    expect({ exitCode, all }).toMatchObject({ exitCode: 1 });
    expect(all).toContain("initmgr failed: no space left");
    expect(await exists(at("data"))).toBe(false);
    const running = start("mgr");
    await noted("adbmgrd");
    await end(running);
    expect(await exists(at("data/PG_VERSION"))).toBe(true);
  });

  it("leaves a directory alone that is not empty and no manager's", async () => {
    await mkdir(at("data"));
    await writeFile(at("data/precious"), "");
    const { exitCode, all } = await start("mgr");
    expect(all).toContain("holds files but no PG_VERSION");
    expect(exitCode).toBe(1);
    expect(await exists(at("data/precious"))).toBe(true);
  });

  it("says what is wrong when the Secret lacks the password, and when the manager dies", async () => {
    const broken = { ...programs, psql: "exit 2" };
    await writeFile(at("bin/psql"), `#!/bin/bash\n${broken.psql}\n`);
    const died = await start("mgr", { MANAGER_BROKEN: "yes" });
    expect([died.exitCode, died.all]).toEqual([
      1,
      expect.stringContaining("the manager ended before it answered"),
    ]);
    await writeFile(at("password"), "");
    const empty = await start("mgr");
    expect([empty.exitCode, empty.all]).toEqual([
      1,
      expect.stringContaining("the Secret lacks the entry hooks-password"),
    ]);
  });
});

describe("entrypoint.sh", () => {
  it("refuses other modes", async () => {
    expect(await start("cn")).toMatchObject({ exitCode: 1, all: expect.stringContaining("usage") as string });
  });

  it("is clean to shellcheck, where there is one", async ({ skip }) => {
    const files = ["entrypoint", "wal", "with-wal", "give-directory"].map((name) => `chart/files/${name}.sh`);
    const { exitCode, stdout, code } = await execa(linter, ["-x", ...files], {
      reject: false,
      cwd: repository,
    });
    if (code === "ENOENT") skip("no shellcheck on PATH: Debian's package shellcheck has it");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
  });
});
