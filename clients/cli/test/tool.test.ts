import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { runCli } from "../src/program.ts";
import { findTool } from "../src/tool.ts";
import { createTerminal, withFolder } from "./support.ts";

/** A program that leaves `ran` in the folder given. */
async function writeProgram(dir: string, name: string, ran: string): Promise<void> {
  await mkdir(join(dir, ".bin"), { recursive: true });
  const text = `#!/bin/sh\n: > '${join(ran, "ran")}'\necho 'Version: 1.20.2'\n`;
  await writeFile(join(dir, ".bin", name), text, { mode: 0o755 });
}

describe("findTool", () => {
  it("finds what the checkout has, from any folder, and nothing of the working folder", async () => {
    await withFolder(async (dir) => {
      await writeProgram(join(dir, "checkout"), "tool", dir);
      const checkout = join(dir, "checkout");
      expect(await findTool(createTerminal({ cwd: "/", checkout }), "tool", [])).toMatchObject({
        path: join(checkout, ".bin/tool"),
      });
      expect(await findTool(createTerminal({ cwd: checkout }), "tool", [])).toBeUndefined();
    });
  });
});

describe("policy-pack build", () => {
  it("exits 2 without OPA, names all four ways to get it, and runs no program of the working folder", async () => {
    await withFolder(async (cwd) => {
      await writeProgram(cwd, "opa", cwd);
      expect(await runCli(["init", "contracts/access/v0"], createTerminal({ cwd }))).toBe(0);
      const terminal = createTerminal({ cwd });
      expect(await runCli(["build", "contracts/access/v0", "--json"], terminal)).toBe(2);
      expect(JSON.parse(terminal.out())).toMatchObject({ error: { code: "TOOL_MISSING", retryable: false } });
      for (const way of ["PATH", ".bin/opa", "dev_install_opa.sh", "go install"]) expect(terminal.out()).toContain(way);
      expect(existsSync(join(cwd, "ran"))).toBe(false);
    });
  });
});
