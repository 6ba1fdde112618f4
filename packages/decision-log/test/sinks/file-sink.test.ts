import { appendFile, mkdir, readFile, readlink, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "@jest/globals";
import { withTempDir } from "@policy-pack/testkit";

import { fileSink, verifyDecisionLog } from "../../src/index.ts";
import type { FileSinkOptions } from "../../src/index.ts";
import { openLog, parseLine, record } from "../support/log.ts";

const DEAD = `${hostname()}:4194304:1:00000000-0000-4000-8000-000000000000`;

async function append(path: string, count: number, options?: FileSinkOptions): Promise<void> {
  const { log } = await openLog({ sinks: [fileSink(path, options)] });
  for (let n = 0; n < count; n++) record(log, { input: { n } });
  await log.close();
}

const linesOf = async (path: string) => (await readFile(path, "utf8")).split("\n").slice(0, -1).map(parseLine);

describe("fileSink", () => {
  it.each(["record", "batch", "never"] as const)("with sync %s appends, and goes on with the chain", async (sync) => {
    await withTempDir(async (dir) => {
      const path = join(dir, "decisions.jsonl");
      await append(path, 3, { sync });
      await append(path, 2, { sync });
      const verified = await verifyDecisionLog(await readFile(path, "utf8"));
      expect(verified).toMatchObject({ records: 5, head: { length: 5 } });
      expect((await stat(path)).mode & 0o777).toBe(0o640);
      await expect(readlink(`${path}.lock`)).rejects.toMatchObject({ code: "ENOENT" });
    });
  });

  it.each([
    [{ sync: "sometimes" }, "CONFIG_INVALID"],
    [{ maxBufferRecords: 0 }, "CONFIG_INVALID"],
  ])("throws for %j", (options, code) => {
    expect(() => fileSink("x", options as FileSinkOptions)).toThrow(expect.objectContaining({ code }));
  });

  it("has a record on disk before the decision is answered, with sync record", async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, "log");
      const { log } = await openLog({ sinks: [fileSink(path, { sync: "record" })] });
      record(log);
      expect(await linesOf(path)).toHaveLength(1);
      expect(log.stats().sinks[0]).toMatchObject({ delivered: 1, pending: 0 });
      await log.close();
    });
  });

  it("has all records on disk after flush", async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, "log");
      const { log } = await openLog({ sinks: [fileSink(path)] });
      for (let n = 0; n < 2500; n++) record(log, { input: { n } });
      await log.flush();
      expect(await linesOf(path)).toHaveLength(2500);
      expect(log.stats().sinks[0]).toMatchObject({ delivered: 2500, pending: 0, failures: 0 });
      await log.close();
    });
  });

  it.each([1, 40, 10_000])("takes a line that a crash cut out of the chain, and says so (%d bytes)", async (length) => {
    await withTempDir(async (dir) => {
      const path = join(dir, "log");
      await append(path, 3);
      await appendFile(path, `{"chain":${"x".repeat(length)}`);
      await append(path, 1);
      const lines = await linesOf(path);
      expect(lines.map(({ dropped }) => dropped)).toEqual([undefined, undefined, undefined, { torn: 1 }, undefined]);
      expect(await verifyDecisionLog(await readFile(path, "utf8"))).toMatchObject({ records: 4, dropped: { torn: 1 } });
    });
  });

  it("begins anew in a file that holds nothing but a torn line", async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, "log");
      await append(path, 1);
      await truncate(path, 30);
      await append(path, 1);
      expect((await linesOf(path)).map(({ chain }) => chain.sequence)).toEqual([0, 1]);
    });
  });

  it.each([
    ["another text", "hello\n"],
    ["JSON that is no record", '{"a":1}\n'],
    ["a record and then something else", '{"chain":{"id":"a","previous":null,"sequence":0}}\nhello\n'],
  ])("throws DECISION_LOG_INVALID on a file with %s, and leaves it as it is", async (_case, text) => {
    await withTempDir(async (dir) => {
      const path = join(dir, "log");
      await writeFile(path, text);
      await expect(append(path, 1)).rejects.toMatchObject({ code: "DECISION_LOG_INVALID" });
      expect(await readFile(path, "utf8")).toBe(text);
      await expect(readlink(`${path}.lock`)).rejects.toMatchObject({ code: "ENOENT" });
    });
  });

  it("throws OUTPUT_FAILED where no file can be", async () => {
    await withTempDir(async (dir) => {
      await mkdir(join(dir, "folder"));
      await expect(append(join(dir, "folder"), 1)).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
      await expect(append(join(dir, "missing", "log"), 1)).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
    });
  });

  it("follows no link", async () => {
    await withTempDir(async (dir) => {
      await writeFile(join(dir, "target"), "");
      await symlink(join(dir, "target"), join(dir, "log"));
      await expect(append(join(dir, "log"), 1)).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
    });
  });

  it("lets no second writer in", async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, "log");
      const { log } = await openLog({ sinks: [fileSink(path)] });
      await expect(append(path, 1)).rejects.toMatchObject({
        name: "ConfigError",
        code: "DECISION_LOG_LOCKED",
        retryable: true,
      });
      await log.close();
      await append(path, 1);
    });
  });

  it.each([
    ["a process that is gone", DEAD, true],
    ["this process before it was this one", DEAD.replace("4194304", String(process.pid)), true],
    ["a process that lives", DEAD.replace("4194304:1", `${process.ppid}:`), false],
    ["another process with the id of one that lives", DEAD.replace("4194304", String(process.ppid)), true],
    ["another machine", DEAD.replace(hostname(), "elsewhere.invalid"), false],
    ["nobody knows whom", "?", false],
  ])("takes the lock of %s over where it is free: %s", async (_case, holder, isFree) => {
    await withTempDir(async (dir) => {
      const path = join(dir, "log");
      await symlink(holder, `${path}.lock`);
      if (isFree) await append(path, 1);
      else await expect(append(path, 1)).rejects.toMatchObject({ code: "DECISION_LOG_LOCKED" });
    });
  });

  it("does not let two take over one lock", async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, "log");
      await symlink(DEAD, `${path}.lock`);
      await symlink(DEAD, `${path}.lock.takeover`);
      await expect(append(path, 1)).rejects.toMatchObject({ code: "DECISION_LOG_LOCKED" });
      expect(await readlink(`${path}.lock`)).toBe(DEAD);
    });
  });

  it("is not taken over by another thread of the process that holds it", async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, "log");
      const { log } = await openLog({ sinks: [fileSink(path)] });
      const holder = await readlink(`${path}.lock`);
      await log.close();
      // As another thread sees it: this thread holds no such lock.
      await symlink(holder, `${path}.lock`);
      await expect(append(path, 1)).rejects.toMatchObject({ code: "DECISION_LOG_LOCKED" });
    });
  });
});
