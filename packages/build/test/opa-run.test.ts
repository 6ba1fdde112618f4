import { describe, expect, it } from "@jest/globals";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTempDir } from "@policy-pack/testkit";
import { opaMessage, runOpa } from "../src/opa-run.ts";
import type { OpaOutput, OpaRun } from "../src/opa-run.ts";

/** Runs a program of this test's in OPA's place. */
async function runScript(script: string, options: Partial<OpaRun> = {}): Promise<OpaOutput> {
  return withTempDir(async (dir) => {
    const opa = join(dir, "opa");
    writeFileSync(opa, `#!${process.execPath}\n${script}\n`);
    chmodSync(opa, 0o755);
    return await runOpa({ opa, cwd: dir, home: dir, ...options }, ["test", "x y"]);
  });
}

describe("runOpa", () => {
  it("when the program ends returns what it printed and its exit status", async () => {
    const script = "console.log(process.argv.slice(2).join('|')); console.error('e'); process.exit(3)";
    expect(await runScript(script)).toEqual({ exitCode: 3, stdout: "test|x y\n", stderr: "e\n" });
  });

  it("when the caller's environment is full passes none of it on", async () => {
    process.env["OPA_FORMAT"] = "x";
    try {
      const { stdout } = await runScript("console.log(JSON.stringify(process.env))");
      const names = Object.keys(JSON.parse(stdout) as object).sort();
      expect(names).toEqual(["HOME", "LC_ALL", "TEMP", "TMP", "TMPDIR", "TZ", "USERPROFILE"]);
    } finally {
      delete process.env["OPA_FORMAT"];
    }
  });

  it("when the program does not end throws TOOL_FAILED", async () => {
    const run = runScript("setInterval(() => {}, 1000)", { timeoutMs: 200 });
    await expect(run).rejects.toMatchObject({ code: "TOOL_FAILED", exitCode: 2 });
  });

  it("when the program prints without end throws TOOL_FAILED", async () => {
    const script = "const b = 'x'.repeat(1 << 20); (function more() { process.stdout.write(b, more) })()";
    await expect(runScript(script)).rejects.toMatchObject({ code: "TOOL_FAILED" });
  });

  it("when the program is not there throws TOOL_FAILED", async () => {
    await expect(runScript("", { opa: "/nowhere/opa" })).rejects.toMatchObject({ code: "TOOL_FAILED" });
  });

  it("when aborted before or while it runs throws the signal's reason", async () => {
    const reason = new Error("enough");
    await expect(runScript("", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const run = runScript("setInterval(() => {}, 1000)", { signal: controller.signal });
    setImmediate(() => {
      controller.abort(reason);
    });
    await expect(run).rejects.toBe(reason);
  });
});

describe("opaMessage", () => {
  it("when OPA printed returns its words without terminal escapes, cut", () => {
    expect(opaMessage({ exitCode: 1, stderr: "a\u001b[31m b\n", stdout: "c\td\n" })).toBe("a[31m b\n\nc\td");
    expect(opaMessage({ exitCode: 1, stderr: "x".repeat(100_000), stdout: "" }).length).toBeLessThan(9_000);
  });
});
