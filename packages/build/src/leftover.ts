import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { systemCodeOf } from "@policy-pack/pack";

const TEMPORARY = /^\.(.+)\.([0-9]{1,10})-[0-9a-f]{16}\.tmp$/;

/** A name beside the target, on the same file system, that tells which process is writing it. */
export function temporaryPath(target: string): string {
  return join(dirname(target), `.${basename(target)}.${process.pid}-${randomBytes(8).toString("hex")}.tmp`);
}

/** The name of what is written under a name that `temporaryPath` makes; undefined for any other name. */
export function leftoverOf(name: string): string | undefined {
  return TEMPORARY.exec(name)?.[1];
}

/** Whether a name is what a process that is gone left behind while it wrote `target`. */
export function isAbandoned(name: string, target: string): boolean {
  const [, of, pid] = TEMPORARY.exec(name) ?? [];
  return of === basename(target) && pid !== undefined && isGone(Number(pid));
}

/** Whether no process has that id. */
export function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch (cause) {
    // EPERM: it runs, as another user.
    return systemCodeOf(cause) !== "EPERM";
  }
}
