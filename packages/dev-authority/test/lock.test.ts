import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { lstatSync, readdirSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "@jest/globals";
import { withLock } from "../src/lock.ts";
import { codeOf, createFolderForTests } from "./support/folder.ts";

const folder = createFolderForTests();
const exists = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ["--version"]).pid;
}

/** How many at once were ever inside, over so many contenders. */
async function crowd(path: string, contenders: number): Promise<{ most: number; total: number }> {
  let [inside, most, total] = [0, 0, 0];
  const enter = () =>
    withLock(path, async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      total++;
    });
  await Promise.all(Array.from({ length: contenders }, enter));
  return { most, total };
}

describe("withLock", () => {
  it("returns what the action returns and leaves no lock", async () => {
    const path = join(folder, "plain");
    expect(await withLock(path, () => 5)).toBe(5);
    expect(exists(path)).toBe(false);
  });

  it("is released when the action throws", async () => {
    const path = join(folder, "throws");
    await expect(withLock(path, () => Promise.reject(new RangeError("x")))).rejects.toThrow(RangeError);
    expect(exists(path)).toBe(false);
  });

  it("lets one in at a time", async () => {
    expect(await crowd(join(folder, "crowd"), 40)).toEqual({ most: 1, total: 40 });
  });

  it("takes over the lock of a process that is gone, still one at a time", async () => {
    const path = join(folder, "stale");
    symlinkSync(`${hostname()}:${deadPid()}:${randomUUID()}`, path);
    expect(await crowd(path, 40)).toEqual({ most: 1, total: 40 });
    expect(readdirSync(folder).filter((name) => name.startsWith("stale"))).toEqual([]);
  });

  it("takes over even when who was taking it over is gone too", async () => {
    const path = join(folder, "stale-twice");
    const token = randomUUID();
    symlinkSync(`${hostname()}:${deadPid()}:${token}`, path);
    symlinkSync(`${hostname()}:${deadPid()}:${randomUUID()}`, `${path}.${token.slice(0, 8)}`);
    expect(await crowd(path, 3)).toEqual({ most: 1, total: 3 });
  });

  it.each([
    ["a living process", `${hostname()}:${process.pid}:${randomUUID()}`],
    ["another machine", `not-${hostname()}:${deadPid()}:${randomUUID()}`],
    ["nobody it can tell", "somewhere"],
  ])("throws AUTHORITY_LOCKED when the wait for %s is over", async (_name, holder) => {
    const path = join(folder, "held");
    symlinkSync(holder, path);
    expect(await codeOf(() => withLock(path, () => 1, { lockWaitMs: 0 }))).toBe("AUTHORITY_LOCKED");
    expect(exists(path)).toBe(true);
    unlinkSync(path);
  });

  it("does not remove a lock that is not its own", async () => {
    const path = join(folder, "replaced");
    await withLock(path, () => {
      unlinkSync(path);
      symlinkSync("someone:1:else", path);
    });
    expect(exists(path)).toBe(true);
  });

  it("throws AUTHORITY_INVALID when there is no folder, or a file in the lock's place", async () => {
    expect(await codeOf(() => withLock(join(folder, "none", "lock"), () => 1))).toBe("AUTHORITY_INVALID");
    writeFileSync(join(folder, "file"), "");
    expect(await codeOf(() => withLock(join(folder, "file"), () => 1))).toBe("AUTHORITY_INVALID");
  });
});
