// Where things that are slow to make and the same for every checkout are kept.
import { homedir } from "node:os";
import { join } from "node:path";

/** The cache folder: $ANTDB_CACHE, else $XDG_CACHE_HOME/antdb, else ~/.cache/antdb. Everything in it is keyed by version or content. */
export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  env["ANTDB_CACHE"] ?? join(env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "antdb");
