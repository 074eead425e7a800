// The stand-in's executables laid out like an AntDB installation, in a folder of their own that an unprivileged user can read.
import { execFile } from "node:child_process";
import { chmod, chown, copyFile, mkdir, mkdtemp, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { compileStandIn } from "../../../ci/images/compile-stand-in.ts";

const execute = promisify(execFile);
const programs = ["initmgr", "mgr_ctl", "adbmgrd", "agent", "postgres"];
const postgresPrograms = "/usr/lib/postgresql/15/bin";

/** The first lines every node and the manager start with; the manager itself only appends. */
const hbaSample = [
  "local   all all trust",
  "host    all all 127.0.0.1/32 trust",
  "local   replication all trust",
  "host    replication all 127.0.0.1/32 trust",
  "host    all contract_reader 0.0.0.0/0 md5",
  "",
].join("\n");

/** Whom processes run as: PostgreSQL refuses root. */
export type Account = { readonly name: string; readonly uid: number; readonly gid: number };

/** An installation in `folder`, owned by `account`. */
export type Installation = {
  readonly folder: string;
  readonly account: Account;
  readonly program: (name: string) => string;
  readonly env: NodeJS.ProcessEnv;
};

/** Compiles the stand-in (cached) and lays it out in a new folder under /tmp. */
export async function install(): Promise<Installation> {
  await needPostgres();
  const account = await unprivileged();
  const binary = await compileStandIn();
  const folder = await mkdtemp(join(tmpdir(), "antdb-contract-"));
  const bin = join(folder, "bin");
  const share = join(folder, "share");
  await Promise.all([mkdir(bin), mkdir(share)]);
  await copyFile(binary, join(bin, "stand-in"));
  await chmod(join(bin, "stand-in"), 0o755);
  for (const name of programs) await symlink("stand-in", join(bin, name));
  await writeFile(join(share, "pg_hba.conf.sample"), hbaSample);
  await chmod(folder, 0o755);
  if (process.getuid?.() === 0) await chown(folder, account.uid, account.gid);
  return {
    folder,
    account,
    program: (name) => join(bin, name),
    env: { PATH: `${bin}:/usr/bin:/bin`, STAND_IN_SHARE: share, LANG: "C.UTF-8", HOME: folder },
  };
}

/** PostgreSQL 15 of Debian; installed when it is missing and we may. */
async function needPostgres(): Promise<void> {
  if (
    await stat(join(postgresPrograms, "initdb")).then(
      () => true,
      () => false,
    )
  )
    return;
  if (process.getuid?.() !== 0)
    throw new Error(`${postgresPrograms}/initdb is missing: apt-get install postgresql-15`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await mkdir("/etc/postgresql-common", { recursive: true });
  await writeFile("/etc/postgresql-common/createcluster.conf", "create_main_cluster = false\n");
  await execute("apt-get", ["update", "-q"], { env });
  await execute("apt-get", ["install", "-qq", "--no-install-recommends", "postgresql-15"], { env });
}

async function unprivileged(): Promise<Account> {
  const me = userInfo();
  if (me.uid !== 0) return { name: me.username, uid: me.uid, gid: me.gid };
  const id = async (flag: string): Promise<number> =>
    Number((await execute("id", [flag, "postgres"])).stdout);
  return { name: "postgres", uid: await id("-u"), gid: await id("-g") };
}
