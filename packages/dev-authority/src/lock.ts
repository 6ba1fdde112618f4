import { randomUUID } from "node:crypto";
import { readlinkSync, symlinkSync, unlinkSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError, systemCodeOf } from "@policy-pack/pack";
import { DEV_LIMITS } from "./limits.ts";

/** Host, process id and a token that no two holders share. */
const HOLDER = /^([^:]+):([1-9][0-9]*):[0-9a-f-]{36}$/;

export interface LockOptions {
  /** How long to wait for another holder; default 10 000 ms. */
  readonly lockWaitMs?: number;
}

/**
 * Runs the action while no one else, in this or any other process of this machine, runs one under the same path.
 * The lock is a symbolic link whose target names its holder: made in one step with its content, so that a kill at any
 * moment leaves either no lock or one that says whose it is. A lock of a process that is gone is taken over; one of
 * another machine never is, since nobody here can tell whether its holder lives.
 * @throws ConfigError AUTHORITY_LOCKED when the wait is over
 */
export async function withLock<T>(path: string, action: () => T | Promise<T>, options: LockOptions = {}): Promise<T> {
  const { lockWaitMs = DEV_LIMITS.lockWaitMs } = options;
  const holder = `${hostname()}:${process.pid}:${randomUUID()}`;
  const deadline = performance.now() + lockWaitMs;
  while (!tryLock(path, holder)) {
    const other = holderOf(path);
    if (other !== undefined && isGone(other)) {
      await breakLock(path, other, deadline - performance.now());
    } else if (performance.now() >= deadline) {
      throw locked(path, other);
    } else {
      await sleep(DEV_LIMITS.lockPollMs * (1 + Math.random()));
    }
  }
  try {
    return await action();
  } finally {
    // Not a lock that someone took after a person had removed ours.
    if (holderOf(path) === holder) unlinkSync(path);
  }
}

/**
 * Removes a dead holder's lock. Two who find it dead must not both remove "it": the second would remove the lock that
 * the first has just taken. So removing is itself done under a lock, named after the dead holder, and looks again.
 */
async function breakLock(path: string, dead: string, waitMs: number): Promise<void> {
  const token = dead.slice(dead.lastIndexOf(":") + 1);
  await withLock(
    `${path}.${token.slice(0, 8)}`,
    () => {
      if (holderOf(path) === dead) unlinkSync(path);
    },
    { lockWaitMs: Math.max(0, waitMs) },
  );
}

function tryLock(path: string, holder: string): boolean {
  try {
    symlinkSync(holder, path);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === "EEXIST") return false;
    throw new ConfigError("AUTHORITY_INVALID", `Cannot lock ${path}; check that its folder exists and is writable.`, {
      cause: error,
    });
  }
}

/** Undefined when the lock is free by now. */
function holderOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw new ConfigError("AUTHORITY_INVALID", `${path} is not a lock; remove it and try again.`, { cause: error });
  }
}

function isGone(holder: string): boolean {
  const [host, pid] = HOLDER.exec(holder)?.slice(1) ?? [];
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return systemCodeOf(error) === "ESRCH";
  }
}

function locked(path: string, holder: string | undefined): ConfigError {
  const who = holder === undefined ? "someone" : `process ${holder.split(":").slice(0, 2).reverse().join(" on ")}`;
  return new ConfigError(
    "AUTHORITY_LOCKED",
    `The development authority is in use by ${who}; try again, or remove ${path} if that process is long gone.`,
  );
}
