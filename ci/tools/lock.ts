// A lock between processes: a folder made by one atomic mkdir, with its owner's name inside.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatProcess, identify, isRunning, parseProcess } from "./processes.ts";

/** ms: a lock without an owner's name is that of one who died between mkdir and writing it, once it is older than this. */
const namelessAge = 2000;
const pollEvery = 200; // ms

const take = (path: string): boolean => {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  const self = identify(process.pid);
  if (self !== undefined) writeFileSync(join(path, "owner"), formatProcess(self));
  return true;
};

const ownerOf = (path: string): string | undefined => {
  try {
    return readFileSync(join(path, "owner"), "utf8");
  } catch {
    return undefined;
  }
};

const ageOf = (path: string): number => {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
};

/** True when the lock's owner no longer runs. */
const isStale = (path: string): boolean => {
  const owner = parseProcess(ownerOf(path) ?? "");
  return owner === undefined ? ageOf(path) > namelessAge : !isRunning(owner);
};

/** ms: how long breaking a lock may take; whoever left the guard behind for longer has died. */
const guardAge = 10_000;

/** Breaks a stale lock. One at a time, and after a second look: else two who saw it stale could remove each other's new one. */
const breakStale = (path: string): void => {
  const guard = `${path}.breaking`;
  try {
    mkdirSync(guard);
  } catch {
    if (ageOf(guard) > guardAge) rmSync(guard, { recursive: true, force: true });
    return;
  }
  if (isStale(path)) rmSync(path, { recursive: true, force: true });
  rmSync(guard, { recursive: true, force: true });
};

/**
 * Runs `work` while holding the lock at `path`; waits for another owner as long as that one runs.
 * `onWait` is called once with the owner's pid when there is a wait.
 */
export const withLock = async <T>(
  path: string,
  work: () => Promise<T>,
  onWait: (pid: number | undefined) => void = () => undefined,
): Promise<T> => {
  mkdirSync(dirname(path), { recursive: true });
  for (let told = false; !take(path); told = true) {
    if (isStale(path)) breakStale(path);
    else if (!told) onWait(parseProcess(ownerOf(path) ?? "")?.pid);
    await sleep(pollEvery);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
};
