import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync, symlinkSync, unlinkSync } from "node:fs";
import { hostname } from "node:os";

import { ConfigError, systemCodeOf } from "@policy-pack/pack";

/** Host, process id, when that process started, and a token that no two holders share. */
const HOLDER = /^([^:]+):([1-9][0-9]*):([0-9]*):([0-9a-f-]{36})$/;

/** Of this thread; where a process does not tell its start, its own id on another lock is that of one before it. */
const held = new Set<string>();

/**
 * Takes the lock that makes a process the only writer of a file, and answers how to give it back. The lock is a symbolic
 * link whose target names its holder: made in one step. That of a process that is gone is taken over; that of another
 * machine never is, since nobody here can tell whether its holder lives.
 *
 * @throws ConfigError DECISION_LOG_LOCKED, OUTPUT_FAILED
 */
export function lockFile(path: string): () => void {
  const token = randomUUID();
  const holder = `${hostname()}:${process.pid}:${startOf(process.pid)}:${token}`;
  // A dead holder's lock is removed once; who is quicker to make the next has it.
  if (!tryLock(path, holder)) {
    const other = holderOf(path);
    if (other !== undefined && !isGone(other)) throw locked(path, other);
    if (other !== undefined) removeGone(path, holder);
    if (!tryLock(path, holder)) throw locked(path, holderOf(path));
  }
  held.add(token);
  return () => {
    held.delete(token);
    // Not a lock that someone took after a person had removed ours.
    if (holderOf(path) === holder) unlinkSync(path);
  };
}

/** Of all that find the same dead holder only one removes its lock, and never a lock that is already another's. */
function removeGone(path: string, holder: string): void {
  const guard = `${path}.takeover`;
  if (!tryLock(guard, holder)) throw locked(guard, holderOf(guard));
  try {
    const other = holderOf(path);
    if (other !== undefined && isGone(other)) unlinkSync(path);
  } finally {
    unlinkSync(guard);
  }
}

function tryLock(path: string, holder: string): boolean {
  try {
    symlinkSync(holder, path);
    return true;
  } catch (cause) {
    if (systemCodeOf(cause) === "EEXIST") return false;
    throw new ConfigError("OUTPUT_FAILED", `Cannot lock ${path}; check that its folder exists and is writable.`, {
      cause,
    });
  }
}

/** Undefined when the lock is free by now. */
function holderOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    throw new ConfigError("OUTPUT_FAILED", `${path} is not a lock; remove it and try again.`, { cause });
  }
}

function isGone(holder: string): boolean {
  const [, host, pid, start = "", token = ""] = HOLDER.exec(holder) ?? [];
  if (host !== hostname()) return false;
  const now = startOf(Number(pid));
  // Another process has got its id, or the same one has other threads.
  if (start !== "" && now !== "") return start !== now;
  if (Number(pid) === process.pid) return !held.has(token);
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (cause) {
    // EPERM: somebody else's process, and alive.
    return systemCodeOf(cause) === "ESRCH";
  }
}

/** In the system's ticks, where it tells: proc(5), the twenty-second field of `stat`, counted behind the name. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

function locked(path: string, holder: string | undefined): ConfigError {
  return new ConfigError(
    "DECISION_LOG_LOCKED",
    `The decision log is being written already: ${path} is held by ${holder ?? "another"}. Give each process a file of ` +
      "its own, or remove the lock if its holder is gone.",
  );
}
