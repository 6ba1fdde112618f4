import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, it } from "@jest/globals";
import { compilePack, withTempDir } from "@policy-pack/testkit";

import { moduleText } from "../support/policy.ts";

const PROGRAM = join(import.meta.dirname, "fixtures/idle-program.ts");

describe("a program that never closes its pool", () => {
  it("waits for its decisions, and ends when it waits for none", async () => {
    await withTempDir(async (dir) => {
      const { tar } = await compilePack({ "opa/t/t.rego": moduleText("@allow if input.n > 1") });
      await writeFile(join(dir, "pack.tar"), tar);
      const run = promisify(execFile)(process.execPath, ["--no-warnings", PROGRAM, join(dir, "pack.tar")]);
      expect((await run).stdout).toBe("true");
    });
  });
});
