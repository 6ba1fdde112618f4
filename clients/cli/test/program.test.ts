import { describe, expect, it } from "@jest/globals";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCli } from "../src/program.ts";
import { createTerminal, withFolder } from "./support.ts";
import type { TestTerminal } from "./support.ts";

async function run(args: readonly string[]): Promise<{ status: number; terminal: TestTerminal }> {
  const terminal = createTerminal();
  return { status: await runCli(args, terminal), terminal };
}

describe("runCli", () => {
  it("returns 0 and prints help on stdout when asked for it", async () => {
    for (const args of [["--help"], ["help", "verify"], ["verify", "--help"], ["policy", "check", "--help"]]) {
      const { status, terminal } = await run(args);
      expect([status, terminal.err()]).toEqual([0, ""]);
      expect(terminal.out()).toContain("Usage: policy-pack");
    }
  });

  it("answers help and version as one JSON object with --json", async () => {
    for (const args of [["--version"], ["verify", "--version"]]) {
      const { status, terminal } = await run([...args, "--json"]);
      expect([status, JSON.parse(terminal.out())]).toEqual([0, { version: expect.stringMatching(/^\d/) }]);
    }
    for (const args of [["--help"], ["help", "verify"], ["verify", "--help"]]) {
      const { status, terminal } = await run([...args, "--json"]);
      expect([status, JSON.parse(terminal.out())]).toEqual([
        0,
        { help: expect.stringContaining("Usage: policy-pack") },
      ]);
    }
  });

  it("refuses to write a bundle over the file that it signs", async () => {
    await withFolder(async (cwd) => {
      await writeFile(join(cwd, "app.tar"), "bytes");
      const terminal = createTerminal({ cwd });
      expect(await runCli(["sign", "app.tar", "--bundle", "./app.tar", "--dev-authority", "--json"], terminal)).toBe(2);
      expect(JSON.parse(terminal.out())).toMatchObject({ error: { code: "CONFIG_INVALID" } });
      expect(await readFile(join(cwd, "app.tar"), "utf8")).toBe("bytes");
    });
  });

  it("returns 2 and prints help on stderr without a verb", async () => {
    const { status, terminal } = await run([]);
    expect([status, terminal.out()]).toEqual([2, ""]);
    expect(terminal.err()).toContain("Usage: policy-pack");
  });

  it.each([
    ["an unknown verb", ["verfiy"]],
    ["an unknown verb, with --help", ["frobnicate", "--help"]],
    ["an unknown verb, with --version", ["frobnicate", "--version"]],
    ["an unknown verb of a group, with --help", ["policy", "frobnicate", "--help"]],
    ["an unknown flag", ["verify", "--no-such"]],
    ["a flag without its value", ["verify", "f", "--bundle"]],
    ["a flag given twice", ["verify", "f", "--bundle", "a", "--bundle", "a"]],
    ["an empty value", ["verify", "f", "--bundle", ""]],
    ["an argument too many", ["inspect", "a", "b"]],
    ["an argument too few", ["inspect"]],
    ["a mandatory flag left out", ["eval", "a.tar"]],
    ["a packId that is none", ["build", "--pack-id", "../x"]],
    ["a port beyond the last", ["serve", "--port", "80000"]],
  ])("returns 2 with CONFIG_INVALID for %s", async (_name, args) => {
    const { status, terminal } = await run([...args, "--json"]);
    expect(status).toBe(2);
    expect(JSON.parse(terminal.out())).toMatchObject({ error: { code: "CONFIG_INVALID" } });
    expect(terminal.err()).toBe("");
  });

  it("points to the help of the verb whose usage was wrong", async () => {
    const { terminal } = await run(["verify", "--no-such"]);
    expect(terminal.err()).toContain("See: policy-pack verify --help");
  });

  it("names the flag whose port is wrong, not the variable", async () => {
    const { terminal } = await run(["serve", "--port", "80000"]);
    expect(terminal.err()).toContain("--port");
  });

  it("takes what follows -- as arguments", async () => {
    const { terminal } = await run(["inspect", "--", "--json"]);
    expect(terminal.err()).toContain("--json cannot be read");
    expect(terminal.out()).toBe("");
  });
});
