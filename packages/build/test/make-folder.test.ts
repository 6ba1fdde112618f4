import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";
import { initPack } from "../src/init.ts";
import { makeFolder } from "../src/make-folder.ts";
import { writePack } from "../src/write.ts";

let temp: TempDir;
beforeEach(async () => {
  temp = await createTempDir();
});
afterEach(() => temp.remove());

/** Node's recursive `mkdir` never returns from there. */
const nowhere = existsSync("/proc/self") ? it : it.skip;

describe("makeFolder", () => {
  it("makes all that is not there, and takes what is", async () => {
    const path = join(temp.path, "a", "b", "c");
    await makeFolder(path);
    await makeFolder(path);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  it("when many make the same at once makes it for all", async () => {
    const path = join(temp.path, "a", "b");
    await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));
    expect(statSync(path).isDirectory()).toBe(true);
  });

  it.each(["file", "file/below"])("when a file stands in the way of %s throws", async (name) => {
    writeFileSync(join(temp.path, "file"), "");
    await expect(makeFolder(join(temp.path, name))).rejects.toMatchObject({
      code: expect.stringMatching(/^(EEXIST|ENOTDIR)$/),
    });
  });

  nowhere("when no folder can be made there throws at once [needs /proc]", async () => {
    await expect(makeFolder("/proc/x/y")).rejects.toMatchObject({ code: "ENOENT" });
    for (const dir of ["/proc/x", "/proc/x/y"]) {
      await expect(initPack(dir, { packId: "a-v0" })).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
    }
    const outputs = [{ path: "/proc/x/y", bytes: Buffer.from("") }];
    await expect(writePack(outputs)).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
  });
});
