import { describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { basename, dirname } from "node:path";
import { isAbandoned, leftoverOf, temporaryPath } from "../src/leftover.ts";

const GONE = spawnSync(process.execPath, ["--eval", ""]).pid;

describe("temporaryPath", () => {
  it("when asked twice returns two hidden names beside the target", () => {
    const [first, second] = [temporaryPath("/x/a.tar"), temporaryPath("/x/a.tar")];
    expect(first).not.toBe(second);
    expect(dirname(first)).toBe("/x");
    expect(leftoverOf(basename(first))).toBe("a.tar");
    expect(leftoverOf("a.tar")).toBeUndefined();
  });
});

describe("isAbandoned", () => {
  it("when the writer runs returns false, when it is gone true", () => {
    expect(isAbandoned(basename(temporaryPath("/x/a.tar")), "/x/a.tar")).toBe(false);
    expect(isAbandoned(`.a.tar.${GONE}-0123456789abcdef.tmp`, "/x/a.tar")).toBe(true);
  });

  it("when the writer is another user's process returns false", () => {
    expect(isAbandoned(".a.tar.1-0123456789abcdef.tmp", "/x/a.tar")).toBe(false);
  });

  it.each([`.b.tar.${GONE}-0123456789abcdef.tmp`, "a.tar", `.a.tar.${GONE}-0123456789abcde.tmp`, ".a.tar.tmp"])(
    "when %s is not a temporary name of the target returns false",
    (name) => {
      expect(isAbandoned(name, "/x/a.tar")).toBe(false);
    },
  );
});
