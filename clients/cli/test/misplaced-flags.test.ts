import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { runCli } from "../src/program.ts";
import { createKeyHolder, FILE, runJson, writeFiles } from "./signed-files.ts";
import { createTerminal, withFolder } from "./support.ts";

const REFUSED = { status: 2, code: "CONFIG_INVALID" };

describe("policy-pack sign", () => {
  it("refuses a file where --dev-authority takes a folder, and says which goes first", () =>
    withFolder(async (cwd) => {
      await writeFiles(cwd, { "dist/policy-pack/v0/policy-pack-v0.tar": "tar", "app.tar": "app" });
      const terminal = createTerminal({ cwd });
      expect(await runCli(["sign", "--dev-authority", "app.tar"], terminal)).toBe(2);
      expect(terminal.err()).toMatch(/CONFIG_INVALID: .*app\.tar.* before/);
      expect(await readFile(join(cwd, "app.tar"), "utf8")).toBe("app");
    }));
});

describe("policy-pack attest --attest-failure", () => {
  it.each([
    ["release", []],
    ["slsaprovenance1", []],
    ["test-result", ["--predicate", "p.json"]],
  ])("is refused for %s %j", (type, more) =>
    withFolder(async (cwd) => {
      await writeFiles(cwd, { "app.tar": "app", "p.json": {} });
      const args = ["attest", "app.tar", "--type", type, ...more, "--dev-authority", "--attest-failure"];
      expect(await runJson(cwd, ...args)).toMatchObject(REFUSED);
    }),
  );
});

describe("policy-pack verify --attest", () => {
  it("says of a file that is rejected that no summary is written", () =>
    withFolder(async (cwd) => {
      const [alice, mallory] = [await createKeyHolder(), await createKeyHolder()];
      await writeFiles(cwd, { file: FILE.toString(), "b.json": await mallory.sign(), "k.pub": alice.publicKey });
      const args = ["verify", "file", "--bundle", "b.json", "--key", "k.pub"];
      const summary = ["--attest", "vsa.json", "--attest-dev-authority"];
      const run = async (...flags: readonly string[]): Promise<string> => {
        const terminal = createTerminal({ cwd });
        expect(await runCli([...args, ...flags], terminal)).toBeGreaterThan(2);
        return terminal.err();
      };
      expect(await run()).not.toContain("No summary");
      expect(await run(...summary)).toMatch(/No summary .*vsa\.json.*--attest-failure/);
      expect(existsSync(join(cwd, "vsa.json"))).toBe(false);
      expect(await run(...summary, "--attest-failure")).not.toContain("No summary");
      expect((await stat(join(cwd, "vsa.json"))).isFile()).toBe(true);
    }));
});

describe("policy-pack serve", () => {
  it.each(["none", "file"])("refuses a root that is no folder: %s", (root) =>
    withFolder(async (cwd) => {
      await writeFiles(cwd, { file: "" });
      expect(await runJson(cwd, "serve", "--port", "0", "--root", root)).toMatchObject(REFUSED);
    }),
  );
});

describe("--key with the URI of no service", () => {
  it.each([
    ["sign", ["sign", "file", "--key", "foo://bar"]],
    ["verify", ["verify", "file", "--bundle", "file", "--key", "foo://bar"]],
    ["verify with one of a service", ["verify", "file", "--bundle", "file", "--key", "awskms:///alias/a"]],
  ])("is not taken for a file by %s", (_name, args) =>
    withFolder(async (cwd) => {
      await writeFiles(cwd, { file: "" });
      const terminal = createTerminal({ cwd });
      expect(await runCli(args, terminal)).toBe(2);
      expect(terminal.err()).toMatch(/CONFIG_INVALID: .*URI/);
      expect(terminal.err()).not.toContain("no such file");
    }),
  );
});
