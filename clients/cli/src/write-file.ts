import { randomUUID } from "node:crypto";
import { lstat, open, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError, messageOf, systemCodeOf } from "@policy-pack/pack";
import { CLI_LIMITS } from "./limits.ts";

/**
 * Puts a file in place of what stands there, whole or not at all: written and synced beside its target, then renamed.
 * A link is followed, so that the file it leads to is replaced and not the link.
 * @param path absolute
 * @param what names the file's part in the message: "The trusted root"
 * @throws ConfigError OUTPUT_FAILED when it cannot be written, or when no regular file stands there
 */
export async function replaceFile(path: string, bytes: Uint8Array, what: string): Promise<void> {
  try {
    const target = await targetOf(path);
    const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
    try {
      await using file = await open(temporary, "wx", 0o644);
      await file.writeFile(bytes);
      await file.sync();
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (cause) {
    throw new ConfigError(
      "OUTPUT_FAILED",
      `${what} ${path} cannot be written: ${messageOf(cause)}. What stood there before still stands.`,
      { cause },
    );
  }
}

/** A rename would put a file in the place of a folder or of /dev/null without asking. */
async function targetOf(path: string): Promise<string> {
  const target = await orAbsent(realpath(path));
  if (target === undefined) return path;
  if (!(await lstat(target)).isFile()) throw new Error(`${target} is no regular file`);
  return target;
}

async function orAbsent<T>(pending: Promise<T>): Promise<T | undefined> {
  try {
    return await pending;
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Runs the action while no other process runs one under the same file's name. The lock is a file beside it that a killed
 * process leaves behind: then the wait ends with an error that says which file to remove, since a lock that is taken
 * over on a guess protects nothing.
 * @param path absolute; the lock is `<path>.lock`, beside the file itself where a link leads to it
 * @throws ConfigError OUTPUT_FAILED when the lock cannot be made, or another process keeps it
 */
export async function withFileLock<T>(
  path: string,
  action: () => Promise<T>,
  lockWaitMs: number = CLI_LIMITS.lockWaitMs,
): Promise<T> {
  const lock = `${(await orAbsent(realpath(path)).catch(() => undefined)) ?? path}.lock`;
  const deadline = performance.now() + lockWaitMs;
  while (!(await tryLock(lock))) {
    if (performance.now() >= deadline) {
      throw new ConfigError(
        "OUTPUT_FAILED",
        `Another process has been writing ${path} for a while; if none is running, remove ${lock} and try again.`,
      );
    }
    await sleep(CLI_LIMITS.lockPollMs);
  }
  try {
    return await action();
  } finally {
    await rm(lock, { force: true });
  }
}

async function tryLock(lock: string): Promise<boolean> {
  try {
    await (await open(lock, "wx")).close();
    return true;
  } catch (cause) {
    if (systemCodeOf(cause) === "EEXIST") return false;
    const message = `${lock} cannot be made: ${messageOf(cause)}. Check that the folder exists and is writable.`;
    throw new ConfigError("OUTPUT_FAILED", message, { cause });
  }
}
